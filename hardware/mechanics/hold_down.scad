// Hold-down in the middle of a tile: a spring pulls the tile onto its four sensors, so that a load on its edge cannot
// tip it, and a shoulder ends the lift after hold_down_lift, before a foot leaves its holder. The sleeve stands on the
// base; a countersunk screw clamps it to a T-nut. Nothing is as high as the top of the tile.
include <lib.scad>

sleeve_d = 8;                        // 1.5 mm free all round: the feet in their pockets stop a tile first, at 1.3 mm
shoulder_d = 13;
lift = 0.7;
spring_h = 5;                        // working length
flange = [18, 1.6];
screw_d = 4;

floor_z = tile_z + tile_h - bore[1];
flange_z = floor_z + spring_h;

function hold_down_top() = flange_z + flange[1];

module hold_down_body() {
    difference() {
        union() {
            cylinder(d = sleeve_d, h = flange_z + 0.1, $fn = 48);
            translate([0, 0, floor_z + lift]) cylinder(d = shoulder_d, h = flange_z - floor_z - lift + 0.1, $fn = 48);
            translate([0, 0, flange_z]) cylinder(d = flange[0], h = flange[1], $fn = 64);
        }
        translate([0, 0, -1]) cylinder(d = screw_d + 0.4, h = 99, $fn = 32);
        translate([0, 0, hold_down_top() - 2.3]) cylinder(d1 = screw_d + 0.4, d2 = 8.8, h = 2.31, $fn = 32);
    }
}

module spring() {
    color(steel) translate([0, 0, floor_z]) for (n = [0 : 3]) translate([0, 0, 0.5 + n * (spring_h - 1) / 3])
        rotate_extrude($fn = 48) translate([8, 0]) circle(d = 1, $fn = 12);
}

module hold_down_set() {
    bom("hold_down") color(print_blue) hold_down_body();
    bom("hold_down_spring") spring();
    bom("hold_down_screw") color(steel) translate([0, 0, hold_down_top() - 25]) cylinder(d = screw_d, h = 24.9, $fn = 24);
}

hold_down_set();
