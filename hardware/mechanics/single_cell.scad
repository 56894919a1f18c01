// One load cell in the middle of a tile (bar50, single100): bolted to the base at one end, to the tile at the
// other, with a spacer at each. Four M6 screws through the base are the OVERLOAD STOPS: set each until the reading
// stops rising at the clip load, then lock it with its nut.
include <lib.scad>

cell_size = cell_type == "bar50" ? [12.7, 80, cell_h] : [30, 130, cell_h];

module single_cell() {
    translate([tile_w / 2, tile_l / 2, 0]) {
        color(steel) translate([-cell_size[0] / 2, -cell_size[1] / 2, spacer_h]) cube(cell_size);
        for (end = [-1, 1]) translate([0, end * (cell_size[1] / 2 - 12), 0]) {
            bom("cell_spacer") color([0.5, 0.52, 0.55])
                translate([-cell_size[0] / 2, -12, end < 0 ? 0 : spacer_h + cell_h]) cube([cell_size[0], 24, spacer_h]);
            // Heads are countersunk: under the base at one end, in the top of the tile at the other.
            for (y = [-6, 6]) translate([0, y, 0]) bom("cell_screw")
                if (end < 0) mirror([0, 0, 1]) translate([0, 0, base_h]) sunk_screw(4, base_h + spacer_h + 6, 1.8);
                else translate([0, 0, tile_z + tile_h]) sunk_screw(4, tile_h + spacer_h + 6, 1.8);
        }
    }
    for (at = corners) translate([at[0], at[1], 0]) stop_screw();
}

module stop_screw() {
    top = tile_z - stop_gap;
    bom("stop_screw") color(steel) {
        cylinder(d = 6, h = top, $fn = 24);
        cylinder(d = 10, h = 5, $fn = 6);
    }
}

single_cell();
