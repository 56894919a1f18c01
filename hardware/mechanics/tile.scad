// A tile: plywood with chamfered upper edges, and (quad50) a printed foot over each sensor.
include <lib.scad>

use <hold_down.scad>

bump = [14, 0.8];                    // room for the button of the sensor: diameter, depth
foot_side = 32;                      // stands 1.3 mm inside the pocket of the holder: a tile cannot wander off

module tile(name = "") {
    chamfer = 2;
    bom("tile_plate") color(pale) difference() {
        hull() {
            plate([tile_w, tile_l, tile_h - chamfer]);
            translate([chamfer, chamfer, 0]) plate([tile_w - 2 * chamfer, tile_l - 2 * chamfer, tile_h]);
        }
        if (hold_down) translate([tile_w / 2, tile_l / 2, -1]) {
            cylinder(d = hole_d, h = 99, $fn = 48);
            translate([0, 0, 1 + tile_h - bore[1]]) cylinder(d = bore[0], h = 99, $fn = 64);
        }
    }
    if (hold_down) translate([tile_w / 2, tile_l / 2, -tile_z]) hold_down_set();
    color(dark) translate([tile_w / 2, tile_l / 2 + (hold_down ? 38 : 0), tile_h]) linear_extrude(0.2)
        text(name, size = 24, halign = "center", valign = "center");
    if (ring) for (at = corners) translate([at[0], at[1], 0]) foot();
}

foot_h = 2.6;

// Glued under the tile. Its middle rests on the button of the sensor, 1.8 mm below the tile.
module foot() {
    bom("foot") color(print_blue) translate([0, 0, -foot_h]) foot_body();
}

module foot_body() {
    difference() {
        translate([-foot_side / 2, -foot_side / 2, 0]) plate([foot_side, foot_side, foot_h], 2);
        translate([0, 0, -0.01]) cylinder(d = bump[0], h = bump[1], $fn = 48);
    }
}

tile("A1");
