// The electronics box: Pi, HAT with the plugs of the lines, strain relief for the cables. It stays beside the mat.
include <lib.scad>

hat = [65, 56];
edge = 1.5;                          // Pi (or HAT, where that is deeper) to the inside of the wall with the supply
window = [16, 11];                   // the moulding of a plug passes
inner = [max(pi_board[0], hat[0]) + 24, max(pi_board[1], hat[1]) + 12, 40];
wall = 2.4;
outer = [inner[0] + 2 * wall, inner[1] + 2 * wall, inner[2] + wall];
lid_h = 3;

function pi_holes() = [for (x = pi_holes_x, y = [3.5, pi_y_holes()]) [x, y]];
function pi_y_holes() = pi_board[1] > 40 ? 52.5 : pi_board[1] - 3.5;

pi_x = wall + 18;
pi_y = wall + edge + max(pi_board[1], hat[1]) - pi_board[1];   // the header is at the far edge, under that of the HAT
pi_z = wall + 5;
supply = [pi_x + supply_x, 0, pi_z + 1.4 + 1.5];   // middle of the port

// One slot for the cable of each line, one for the pod; middles along the wall.
plugs = len(line_names) + (pod ? 1 : 0);
function slots() = [for (n = [0 : plugs - 1]) 14 + n * (outer[1] - 28) / max(1, plugs - 1)];

module box_bottom() {
    union() {
        difference() {
            plate(outer, 5);
            translate([wall, wall, wall]) plate([inner[0], inner[1], 99], 3);
            for (at = slots()) {
                translate([-1, at - 3.5, outer[2] - 14]) cube([wall + 2, 7, 99]);
                for (s = [-1, 1]) translate([-1, at + s * 4 - 1, outer[2] - 20]) cube([wall + 2, 2, 3]);  // cable tie
            }
            translate([supply[0] - window[0] / 2, -1, supply[2] - window[1] / 2]) cube([window[0], wall + 2, window[1]]);
            for (n = [0 : 6]) translate([outer[0] - wall - 1, 12 + n * 7, 12]) cube([wall + 2, 3, 18]);  // air
        }
        for (at = pi_holes()) translate([pi_x + at[0], pi_y + at[1], wall]) difference() {
            translate([0, 0, -1]) cylinder(d = 6, h = pi_z - wall + 1, $fn = 32);   // one millimetre into the floor
            cylinder(d = 2.1, h = 9, $fn = 16);
        }
        for (x = [5, outer[0] - 5], y = [5, outer[1] - 5]) translate([x, y, 0]) difference() {
            cylinder(d = 7, h = outer[2], $fn = 32);
            translate([0, 0, outer[2] - 12]) cylinder(d = 2.1, h = 20, $fn = 16);
        }
    }
}

module box_lid() {
    difference() {
        plate([outer[0], outer[1], lid_h], 5);
        for (x = [5, outer[0] - 5], y = [5, outer[1] - 5]) translate([x, y, -1]) cylinder(d = 2.8, h = 9, $fn = 16);
    }
}

module electronics_box(lift = 0) {
    bom("box_bottom") color(print_grey) box_bottom();
    translate([pi_x, pi_y, pi_z]) {
        color(green) plate([pi_board[0], pi_board[1], 1.4], 3);
        for (at = pi_holes()) translate([at[0], at[1], 1.4]) bom("pi_screw") screw(2.5, 6);
        color([0.2, 0.35, 0.55]) translate([0, pi_board[1] - hat[1], 12]) plate([hat[0], hat[1], 1.6], 3);
        color(dark) translate([7, pi_board[1] - 6, 1.4]) cube([51, 5, 10.6]);
        for (n = [0 : plugs - 1]) color([0.92, 0.92, 0.88])
            translate([4 + n * 12, pi_board[1] - hat[1] + 6, 13.6]) cube([6, 17.5, 7]);
    }
    for (at = slots()) bom("cable_tie") color(dark) translate([-1.5, at - 4.5, outer[2] - 20]) cube([1.5, 9, 2.5]);
    translate([0, 0, outer[2] + lift]) bom("box_lid") color(print_blue) box_lid();
    for (x = [5, outer[0] - 5], y = [5, outer[1] - 5]) translate([x, y, outer[2] + lid_h + 1.6 * lift]) bom("box_screw") screw(2.5, 10);
}

electronics_box(lift = 50);
