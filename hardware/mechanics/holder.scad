// Holder of one 50 kg half-bridge sensor (34 x 34 mm). The frame of the sensor lies on a ledge, its middle is free
// to bend. The RIM IS THE OVERLOAD STOP: a tile that has sunk by stop_gap stands on the rims of its four holders.
// Sizes of the sensor are typical, not from a data sheet: measure yours, and change the four numbers below.
include <lib.scad>

sensor = 34;                         // side of the frame
frame_h = 3;                         // thickness of the frame
button_h = 2;                        // middle button above the frame
play = 0.6;

holder_side = 48;
ledge_z = cell_h - 1 - button_h - frame_h;   // the button ends 1 mm below the rim
ledge = 3;

function ledge_height() = ledge_z;   // for drawings that use this file

module holder() {
    bom("holder") color(print_grey) holder_body();
    for (s = [-1, 1]) translate([s * 20.2, -s * 20.2, cell_h - 2]) bom("holder_screw") screw(2.5, 12);
}

module holder_body() {
    difference() {
        translate([-holder_side / 2, -holder_side / 2, 0]) plate([holder_side, holder_side, cell_h], 4);
        translate([0, 0, ledge_z]) box(sensor + play, cell_h);
        translate([0, 0, 1]) box(sensor - 2 * ledge, cell_h);
        translate([-3, 0, ledge_z]) cube([6, holder_side, cell_h]);            // the wires leave here
        for (s = [-1, 1]) translate([s * 20.2, -s * 20.2, -0.01]) {
            cylinder(d = 2.8, h = cell_h + 1, $fn = 24);
            translate([0, 0, cell_h - 2]) cylinder(d = 5.5, h = 3, $fn = 24);  // the head stays below the rim
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
    }
}

module sensor_in_holder() {
    holder();
    half_bridge();
}

sensor_in_holder();
