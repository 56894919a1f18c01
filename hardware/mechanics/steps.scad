// One picture for each step of ASSEMBLY.md; steps.py writes the callouts. step = name of the picture.
use <tile.scad>
use <holder.scad>
use <hold_down.scad>
use <base.scad>
use <pod.scad>
use <electronics_box.scad>
include <lib.scad>

step = "base";
white = [0.92, 0.92, 0.9];
red = [0.75, 0.1, 0.1];
black = [0.1, 0.1, 0.1];
tape = [0.75, 0.2, 0.2];
board_red = [0.55, 0.15, 0.2];

// A thick line through points.
module wire(points, d = 1.2) {
    for (n = [0 : len(points) - 2]) hull() for (p = [points[n], points[n + 1]]) translate(p) sphere(d = d, $fn = 8);
}

module arrow(length) {
    linear_extrude(0.2) {
        translate([-1, 0]) square([2, length]);
        translate([0, length]) polygon([[-5, 0], [5, 0], [0, 9]]);
    }
}

// The base of one tile with its frame, open at the notch of the cable.
module pilot_base() {
    m = border;
    color(wood) translate([-m, -m, -base_h]) difference() {
        plate([tile_w + 2 * m, tile_l + 2 * m, base_h], 4);
        if (hold_down) translate([tile_w / 2 + m, tile_l / 2 + m, -1]) cylinder(d = 5.5, h = 99, $fn = 24);
    }
    color(wood) difference() {
        translate([-m, -m, 0]) cube([tile_w + 2 * m, tile_l + 2 * m, 8]);
        translate([-m + 6, -m + 6, -1]) cube([tile_w + 2 * m - 12, tile_l + 2 * m - 12, 99]);
        translate([-m - 1, tile_l / 2 - 5, -1]) cube([8, 10, 99]);
    }
    color(dark) {
        for (c = corners) translate([c[0], c[1], 0]) {
            translate([-12, -0.4, 0]) cube([24, 0.8, 0.15]);
            translate([-0.4, -12, 0]) cube([0.8, 24, 0.15]);
        }
        translate([tile_w / 2, tile_l - 52, 0]) arrow(24);
        for (c = corners) translate([c[0], c[1], -base_h - 3]) cylinder(d = 20, h = 3, $fn = 32);
    }
    if (hold_down) color(steel) translate([tile_w / 2, tile_l / 2, -base_h]) cylinder(d = 15, h = 1, $fn = 32);
}

module holders() { for (n = [0 : 3]) translate(corners[n]) rotate(slots[n]) { holder(); half_bridge(); } }

module bare_tile() {
    chamfer = 2;
    color(pale) difference() {
        hull() {
            plate([tile_w, tile_l, tile_h - chamfer]);
            translate([chamfer, chamfer, 0]) plate([tile_w - 2 * chamfer, tile_l - 2 * chamfer, tile_h]);
        }
        translate([tile_w / 2, tile_l / 2, -1]) cylinder(d = hole_d, h = 99, $fn = 48);
        translate([tile_w / 2, tile_l / 2, tile_h - bore[1]]) cylinder(d = bore[0], h = 99, $fn = 64);
    }
}

// The half of a part that is away from the reader.
module halved() {
    difference() {
        children();
        translate([-99, -99, -99]) cube([198, 99, 198]);
    }
}

// Places on the tile board: x to the left hand, y to the head, from its middle. Pads of a corner and of the line.
function corner_pad(c, k) = converter_at + [(c[0] < tile_w / 2 ? -1 : 1) * (converter_size[0] / 2 - 3.5), (c[1] < tile_l / 2 ? -1 : 1) * 9 - 0.5 + (1 - k) * 3.2];
function line_pad(k) = converter_at + [5.5 + (k - 1.5) * 3.5, -12.5];

// The tile board, the arrow to the head.
module tile_board() {
    color(board_red) lying_board(converter_at, converter_size);
    color(dark) translate(concat(converter_at, 2.6) + [-4, -3, 0]) cube([10, 6, 1.6]);
    for (k = [0 : 2], c = corners) gold_pad(corner_pad(c, k));
    for (k = [0 : 3]) gold_pad(line_pad(k));
    color(white) translate(concat(converter_at, 2.6) + [13, 5, 0]) scale([0.25, 0.25, 1]) arrow(20);
}

module gold_pad(at) { color([0.8, 0.65, 0.2]) translate(concat(at, 2.6)) cylinder(d = 1.9, h = 0.3, $fn = 16); }

// The line board of a row between the holders at the right hand, its lying socket at the notch.
module line_board(at) {
    color(green) lying_board(at, line_board_size);
    color(white) translate([at[0] - 11, at[1] - 8.5, 2.6]) cube([8, 17, 6]);
    for (k = [0 : 5]) gold_pad([at[0] + 7, at[1] - 18 + k * 3.5]);
}

module sensor_wires() {
    for (n = [0 : 3]) {
        c = corners[n];
        up = slots[n] == 0 ? 1 : -1;
        for (k = [0 : 2]) color([white, red, black][k]) {
            x = c[0] + (k - 1) * 1.8;
            to = corner_pad(c, k);
            out = c[0] < tile_w / 2 ? -1 : 1;
            wire([[x, c[1] + up * 20, 5], [x, c[1] + up * 26, 3], [to[0] + out * 6, to[1], 3], concat(to, 3.2)]);
        }
    }
}

module tail() {
    for (k = [0 : 3]) color([red, black, [0.85, 0.75, 0.1], [0.15, 0.45, 0.25]][k])
        let (at = line_boards[0] - [tile_at(0, cols - 1)[0], 0])
            wire([concat(line_pad(k), 3.2), concat(line_pad(k) - [0, 8 + 2 * k], 2), [at[0] + 22, at[1] - 30 + 2 * k, 2], concat(at + [7, -18 + k * 3.5], 3.2)]);
}

module cable_of_line() {
    at = line_boards[0] - [tile_at(0, cols - 1)[0], 0];
    for (k = [0 : 5]) color([red, black, [0.85, 0.75, 0.1], [0.15, 0.45, 0.25], [0.2, 0.4, 0.7], [0.55, 0.4, 0.7]][k])
        wire([[at[0] - 11, at[1] + 6 - k * 2.5, 5], [at[0] - 22, at[1] + 3.2 - k * 1.3, 4], [-border - 24, at[1] + 3.2 - k * 1.3, 4]]);
}

module electronics_of_a_tile() { tile_board(); line_board(line_boards[0] - [tile_at(0, cols - 1)[0], 0]); sensor_wires(); tail(); cable_of_line(); }

module block_and_bucket() {
    color(wood) translate([-15, -15, 0]) cube([30, 30, 30]);
    color([0.3, 0.45, 0.6]) translate([0, 0, 30]) difference() {
        cylinder(d1 = 74, d2 = 92, h = 84, $fn = 64);
        translate([0, 0, 4]) cylinder(d1 = 70, d2 = 88, h = 84, $fn = 64);
    }
    color([0.55, 0.75, 0.9]) translate([0, 0, 34]) cylinder(d1 = 70, d2 = 86, h = 70, $fn = 64);
}

module weight(kg_text) {
    color([0.35, 0.38, 0.42]) cylinder(d = 44, h = 30, $fn = 64);
    color(white) translate([0, 0, 30]) linear_extrude(0.3) text(kg_text, size = 11, halign = "center", valign = "center");
}

module lines_and_cables() {
    for (row = [0 : rows - 1]) {
        y = (row + 0.5) * pitch_y - gap / 2;
        line_board(line_boards[row]);
        for (col = [0 : cols - 1]) let (at = tile_at(row, col)) {
            to = at + line_pad(1.5);
            color(board_red) lying_board(at + converter_at, converter_size);
            color([0.85, 0.75, 0.1]) wire([concat(to, 3), [to[0], y - 24 - 6 * col, 3], [line_boards[row][0] + 14, y - 24 - 6 * col, 3], [line_boards[row][0] + 8, y - 16 + 8 * col, 3]], 2);
        }
        color([0.2, 0.35, 0.6]) wire([[line_boards[row][0] - 11, y, 4], [-border - 12 - 6 * row, y, 3], [-border - 12 - 6 * row, mat_l + 60, 3]], 5);
    }
}

module mat_base() {
    base();
    for (row = [0 : rows - 1], col = [0 : cols - 1]) translate(tile_at(row, col)) holders();
}

if (step == "base") pilot_base();
if (step == "sensor") {
    holder();
    translate([0, 0, 22]) half_bridge();
    translate([0, 0, 44]) color(print_blue) translate([0, 0, 2.6]) mirror([0, 0, 1]) foot_body();
}
if (step == "wires") { pilot_base(); holders(); electronics_of_a_tile(); }
if (step == "feet") {
    pilot_base(); holders(); electronics_of_a_tile();
    for (c = corners) translate([c[0], c[1], cell_h + 14]) color(print_blue) foot_body();
    translate([0, 0, cell_h + 42]) bare_tile();
}
if (step == "hold_down") {
    color(wood) halved() translate([-45, -30, -base_h]) difference() {
        cube([90, 60, base_h]);
        translate([45, 30, -1]) cylinder(d = 5.5, h = 99, $fn = 24);
    }
    color(steel) halved() translate([0, 0, -base_h - 14]) {
        cylinder(d = 15, h = 1.2, $fn = 32);
        cylinder(d = 5.3, h = 7, $fn = 24);
    }
    color(pale) halved() translate([-45, -30, tile_z + 14]) difference() {
        cube([90, 60, tile_h]);
        translate([45, 30, -1]) cylinder(d = hole_d, h = 99, $fn = 48);
        translate([45, 30, tile_h - bore[1]]) cylinder(d = bore[0], h = 99, $fn = 64);
    }
    translate([0, 0, 36]) spring();
    translate([0, 0, 56]) color(print_blue) hold_down_body();
    translate([0, 0, 112]) sunk_screw(4, 25);
}
if (step == "gauge") {
    pilot_base(); holders();
    translate([0, 0, tile_z]) tile("A1");
    color(steel) translate([tile_w - 30, corners[2][1] - 6, tile_z - 0.8]) cube([78, 12, 0.8]);
    color(steel) translate([tile_w + 44, corners[2][1] - 9, tile_z - 4]) cube([50, 18, 8]);
}
if (step == "stop") {
    pilot_base(); holders();
    translate([0, 0, tile_z]) tile("A1");
    translate([corners[2][0], corners[2][1], tile_z + tile_h]) block_and_bucket();
    color(steel) translate([tile_w - 30, corners[2][1] - 6, tile_z - 0.8]) cube([78, 12, 0.8]);
}
if (step == "corner_test") {
    pilot_base(); holders();
    translate([0, 0, tile_z]) tile("A1");
    translate([corners[3][0], corners[3][1], tile_z + tile_h]) weight("5 kg");
    for (n = [0 : 2]) color(tape) translate([corners[n][0], corners[n][1], tile_z + tile_h + 0.5])
        rotate_extrude($fn = 64) translate([21, 0]) circle(d = 1.6, $fn = 12);
}
if (step == "cables") { mat_base(); lines_and_cables(); translate([-150, mat_l + 50, 0]) electronics_box(lift = 40); }
if (step == "converter") {
    color(green) cube([34, 20, 1.6]);
    color(dark) translate([12, 6, 1.6]) cube([10, 6.2, 1.5]);
    for (n = [0 : 7]) color(steel) for (y = [4.6, 12.2]) translate([12.3 + 1.27 * n, y, 1.6]) cube([0.5, 1.4, 0.5]);
    for (n = [0 : 3]) color([0.8, 0.65, 0.2]) translate([2, 5.2 + 3.2 * n, 1.6]) cylinder(d = 1.8, h = 0.4, $fn = 24);
    for (n = [0 : 5]) color([0.8, 0.65, 0.2]) translate([32, 3.2 + 2.7 * n, 1.6]) cylinder(d = 1.8, h = 0.4, $fn = 24);
    color(white) translate([13.3, 7.3, 3.1]) cylinder(d = 1, h = 0.1, $fn = 24);
    for (at = [[13.4, 1.8], [17.4, 1.8]]) color([0.12, 0.12, 0.14]) translate([at[0], at[1], 1.6]) cube([3, 1.6, 0.7]);
    color([0.8, 0.15, 0.15]) wire([[2, 5.2, 2.2], [-2, -10, 22]], 1.6);
    color(black) wire([[32, 3.2 + 2.7 * 4, 2.2], [42, 6, 22]], 1.6);
}
if (step == "cover") {
    translate([0, 0, 0]) base();
    for (row = [0 : rows - 1], col = [0 : cols - 1]) translate(concat(tile_at(row, col), tile_z)) tile(cell_names[row * cols + col]);
    color([0.28, 0.42, 0.42]) translate([-border, mat_l * 0.35, tile_z + tile_h]) cube([mat_w + 2 * border, mat_l * 0.65 + border, 1]);
    for (x = [0, mat_w - 25], y = [mat_l * 0.4, mat_l - 100]) color(tape) translate([x, y, tile_z + tile_h + 1]) cube([25, 100, 1]);
    color([0.45, 0.47, 0.52]) {
        translate([-border - 112, -border, -base_h]) cube([110, mat_l + 2 * border, tile_z + tile_h + base_h]);
        translate([mat_w + border + 2, -border, -base_h]) cube([110, mat_l + 2 * border, tile_z + tile_h + base_h]);
        translate([-border, mat_l + border + 2, -base_h]) cube([mat_w + 2 * border, 110, tile_z + tile_h + base_h]);
    }
    color(white) translate([mat_w + border + 57, mat_l / 2, tile_z + tile_h]) scale([3, 3, 3]) arrow(30);
}
if (step == "box") electronics_box(lift = 55);
if (step == "pod") hand_pod(lift = 30);
