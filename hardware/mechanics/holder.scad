// Holder of one 50 kg half-bridge sensor (34 x 34 mm). The frame of the sensor lies on a ledge, its middle is free
// to bend. The INNER EDGE OF THE RIM IS THE OVERLOAD STOP: a tile that has sunk by stop_gap stands on the rims of its
// four holders, as near to the axis of the sensor as the sensor's frame allows. Outside the edge the rim is lower.
// Sizes of the sensor are typical, not from a data sheet: measure yours, and change the four numbers below.
include <lib.scad>

sensor = 34;                         // side of the frame
frame_h = 3;                         // thickness of the frame
button_h = 2;                        // middle button above the frame
play = 0.6;

ledge_z = cell_h - 1 - button_h - frame_h;   // the button ends 1 mm below the rim
ledge = 3;
floor_h = 1.6;                       // the heads of the screws sit flush in it, under the middle of the sensor
land = 2.4;                          // width of the stop along the pocket
screw_x = 9;

function ledge_height() = ledge_z;   // for drawings that use this file
function stop_radius() = (sensor + play) / 2 + land;   // nothing further from the axis touches the tile

module holder() {
    bom("holder") color(print_grey) holder_body();
    for (s = [-1, 1]) translate([s * screw_x, 0, floor_h]) bom("holder_screw") sunk_screw(2.5, 6);
}

module holder_body() {
    difference() {
        union() {
            translate([-holder_side / 2, -holder_side / 2, 0]) plate([holder_side, holder_side, cell_h - 0.6], 3);
            box(2 * stop_radius(), cell_h);
        }
        translate([0, 0, ledge_z]) box(sensor + play, cell_h);
        translate([0, 0, floor_h]) box(sensor - 2 * ledge, cell_h);
        translate([-3, 0, ledge_z]) cube([6, holder_side, cell_h]);            // the wires leave here
        for (s = [-1, 1]) translate([s * screw_x, 0, -0.01]) {
            cylinder(d = 2.8, h = cell_h, $fn = 24);
            translate([0, 0, floor_h - 1.35]) cylinder(d1 = 2.8, d2 = 5.4, h = 1.4, $fn = 24);
        }
    }
}

module box(side, h) { translate([-side / 2, -side / 2, 0]) cube([side, side, h]); }

// The sensor itself, for the pictures.
module half_bridge() {
    translate([0, 0, ledge_z]) {
        color(steel) difference() {
            translate([-sensor / 2, -sensor / 2, 0]) plate([sensor, sensor, frame_h], 3);
            translate([0, 0, -1]) difference() {
                box(sensor - 8, 9);
                translate([-4.5, -sensor / 2, 0]) cube([9, sensor, 9]);
            }
        }
        color([0.9, 0.9, 0.88]) cylinder(d = 11, h = frame_h + button_h, $fn = 48);
        for (n = [-1, 0, 1]) color([[0.9, 0.9, 0.9], [0.75, 0.1, 0.1], [0.1, 0.1, 0.1]][n + 1])
            translate([n * 1.6, sensor / 2 - 4, frame_h - 1]) rotate([-90, 0, 0]) cylinder(d = 1.2, h = 16, $fn = 12);
    }
}

module sensor_in_holder() {
    holder();
    half_bridge();
}

sensor_in_holder();
