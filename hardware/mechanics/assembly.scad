// The whole mat. view = "closed": as used, two tiles and half of the cover left away; "exploded": layer over layer;
// "section": cut through the first tile, to see the overload stop.
use <tile.scad>
use <holder.scad>
use <single_cell.scad>
use <base.scad>
use <pod.scad>
use <electronics_box.scad>
include <lib.scad>

view = "closed";
apart = view == "exploded" ? 1 : 0;
top_z = tile_z + tile_h;
foam = 110;                          // width of the foam around, drawn short

module sensors() {
    for (row = [0 : rows - 1], col = [0 : cols - 1]) translate(tile_at(row, col)) {
        if (ring) for (n = [0 : 3]) translate(corners[n]) rotate(slots[n]) { holder(); half_bridge(); }
        else single_cell();
    }
}

module tiles(hidden = []) {
    for (row = [0 : rows - 1], col = [0 : cols - 1]) {
        name = cell_names[row * cols + col];
        translate(concat(tile_at(row, col), tile_z)) if (len([for (h = hidden) if (h == name) h]) == 0) tile(name);
    }
}

module electronics() {
    for (n = [0 : len(line_names) - 1]) {
        color(green) lying_board(line_boards[n], line_board_size);
    }
    for (row = [0 : rows - 1], col = [0 : cols - 1]) translate(tile_at(row, col))
        color([0.55, 0.15, 0.2]) lying_board(converter_at, converter_size);
}

module cover(from = 0, to = 1) {
    bom("cover") color([0.28, 0.42, 0.42]) translate([-border, from * mat_l - border, 0])
        cube([mat_w + 2 * border, (to - from) * mat_l + 2 * border, 0.6]);
    for (x = [0, mat_w - 25], y = [0, mat_l - 100]) if (y >= from * mat_l) bom("hook_tape") color([0.75, 0.2, 0.2])
        translate([x, y, 0.6]) cube([25, 100, 1]);
}

module surround() {
    h = top_z + base_h;
    color([0.45, 0.47, 0.52]) translate([0, 0, -base_h]) {
        for (x = [-border - 2 - foam, mat_w + border + 2]) bom("surround_side") translate([x, -border, 0]) cube([foam, mat_l + 2 * border, h]);
        for (y = [-border - 2 - foam, mat_l + border + 2]) bom("surround_end") translate([-border, y, 0]) cube([mat_w + 2 * border, foam, h]);
    }
}

module beside() {
    translate([-foam - 150, apart ? 40 : mat_l - 90, 0]) electronics_box(lift = 60 * apart);
    translate([mat_w + foam + 60, 150, 14]) hand_pod(lift = 30 * apart);
}

// The cut through the middle of a sensor, lying flat: y of the mat to the right, height upwards.
module slice(colour) {
    color(colour) rotate([0, 0, -90]) linear_extrude(0.5) projection(cut = true)
        rotate([0, -90, 0]) translate([-inset, 0, 0]) children();
}

module note(y, z, words, from = undef) {
    color([0, 0, 0]) translate([y, z, 1]) {
        linear_extrude(0.1) text(words, size = 2.3, halign = "center", valign = "center");
        if (from != undef) hull() {
            translate([0, from[1] > z ? 2.2 : -2.2, 0]) cylinder(d = 0.25, h = 0.1);
            translate([from[0] - y, from[1] - z, 0]) cylinder(d = 0.25, h = 0.1);
        }
    }
}

module section() {
    intersection() {
        union() {
            slice(wood) base();
            slice(pale) translate([0, 0, tile_z]) tile();
            slice(print_grey) translate(corners[0]) rotate(90) holder();
            slice(steel) translate(corners[0]) rotate(90) half_bridge();
            slice(print_blue) translate([inset, inset, tile_z]) foot();
        }
        translate([0, -50, -1]) cube([66, 100, 9]);
    }
    above = tile_z + tile_h + 6;
    below = -base_h - 6;
    note(inset, tile_z + tile_h / 2, "tile");
    note(60, -base_h / 2, "base");
    note(6, above, "foot", [inset - 12, tile_z - 1.2]);
    note(50, above, str("gap ", stop_gap, " mm, then the tile is on the rim"), [inset + 20.5, tile_z - stop_gap / 2]);
    note(14, below, "sensor: its middle can bend", [inset, ledge_height() - 0.6]);
    note(56, below, "holder with rim", [inset + 21, 2]);
}

if (view == "section") section();
else {
    base();
    translate([0, 0, 70 * apart]) { sensors(); electronics(); }
    translate([0, 0, 170 * apart]) tiles(hidden = apart || view == "all" ? [] : [cell_names[0], cell_names[1]]);
    translate([0, 0, top_z + 330 * apart]) cover(from = view == "closed" ? ceil(rows / 2) / rows : 0);
    if (view != "exploded") surround();
    beside();
}
