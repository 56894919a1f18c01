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
board_at = [tile_w / 2 + 26, tile_l / 2, 0];   // converter of a tile, beside its hold-down

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

// Converter or tile board, with the wires of its four sensors.
module converter() {
    color(board_red) translate(board_at + [-10, -17, 1]) cube([20, 34, 1.6]);
    color(dark) translate(board_at + [-3, -5, 2.6]) cube([6, 10, 1.4]);
}

module sensor_wires() {
    for (n = [0 : 3]) {
        c = corners[n];
        up = slots[n] == 0 ? 1 : -1;
        for (k = [0 : 2]) color([white, red, black][k]) {
            x = c[0] + (k - 1) * 1.8;
            wire([[x, c[1] + up * 20, 5], [x, c[1] + up * 30, 2], [board_at[0] + (c[0] < tile_w / 2 ? -12 : 12), board_at[1] - up * (6 + 3 * k), 2], [board_at[0] + (c[0] < tile_w / 2 ? -8 : 8), board_at[1] - up * (6 + 3 * k), 3]]);
        }
    }
}

module tail() {
    for (k = [0 : 3]) color([red, black, [0.85, 0.75, 0.1], [0.15, 0.45, 0.25]][k])
        wire([board_at + [-9 + 2 * k - 1, -1, 3] + [-1, -15, 0], [18, tile_l / 2 + 4 - 2 * k, 1.5], [-border - 22, tile_l / 2 + 3 - 2 * k, 1.5]]);
}

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
        color(green) translate([24, y - 22, 1]) cube([20, 44, 1.6]);
        for (col = [0 : cols - 1]) let (at = tile_at(row, col)) {
            color(board_red) translate([at[0] + board_at[0] - 10, at[1] + board_at[1] - 17, 1]) cube([20, 34, 1.6]);
            color([0.85, 0.75, 0.1]) wire([[at[0] + board_at[0] - 10, at[1] + board_at[1], 3], [at[0] + tile_w / 2, y - 26 - 5 * col, 3], [46, y - 8 - 5 * col, 3], [40, y - 8 - 5 * col, 3]], 2);
        }
        color([0.2, 0.35, 0.6]) wire([[26, y, 3], [-border - 12 - 6 * row, y, 3], [-border - 12 - 6 * row, mat_l + 60, 3]], 5);
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
if (step == "wires") { pilot_base(); holders(); converter(); sensor_wires(); tail(); }
if (step == "feet") {
    pilot_base(); holders(); converter(); sensor_wires(); tail();
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
    translate([0, 0, 112]) screw(4, 25);
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
    for (n = [0 : 5]) color([0.8, 0.65, 0.2]) translate([2, 3 + 2.7 * n, 1.6]) cylinder(d = 1.8, h = 0.4, $fn = 24);
    for (n = [0 : 3]) color([0.8, 0.65, 0.2]) translate([32, 5 + 3.2 * n, 1.6]) cylinder(d = 1.8, h = 0.4, $fn = 24);
    color(white) translate([13.3, 7.3, 3.1]) cylinder(d = 1, h = 0.1, $fn = 24);
    for (at = [[13.4, 1.8], [17.4, 1.8]]) color([0.12, 0.12, 0.14]) translate([at[0], at[1], 1.6]) cube([3, 1.6, 0.7]);
    color([0.8, 0.15, 0.15]) wire([[2, 3 + 2.7, 2.2], [-2, -10, 22]], 1.6);
    color(black) wire([[32, 5, 2.2], [36, -10, 22]], 1.6);
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
