// The pod: lies in the hand of a person on the back. Light, buzzer and one large button; a soft cable.
include <lib.scad>

pod_size = [36, 112, 24];
split = 13;                          // height of the lower shell
wall = 2;

module pod_body(grow = 0) {
    d = pod_size[2];
    resize([pod_size[0] + 2 * grow, pod_size[1] + 2 * grow, d + 2 * grow]) hull()
        for (y = [-1, 1]) translate([0, y * (pod_size[1] / 2 - 18), 0]) scale([1, 1, 0.67]) sphere(d = 36, $fn = 40);
}

screws = [[0, -38], [0, 2]];         // x, y
board_size = [22, 90, 1.6];          // the board of the pod is clamped between the bosses of the shells

module pod_shell() {
    difference() {
        union() {
            difference() { pod_body(); pod_body(-wall); }
            intersection() {             // bosses for the two screws
                pod_body(-0.5);
                for (at = screws) translate([at[0], at[1], -pod_size[2]]) cylinder(d = 7, h = 2 * pod_size[2], $fn = 32);
            }
        }
        translate([0, -pod_size[1] / 2, 0]) rotate([90, 0, 0]) cylinder(d = 5, h = 20, center = true, $fn = 24);
        translate([-board_size[0] / 2 - 0.5, -board_size[1] / 2 - 0.5, split_z]) cube(board_size + [1, 1, 0]);
        if (pod_light) translate([0, 40, 0]) cylinder(d = 5.2, h = 40, $fn = 32);
        if (pod_button) translate([0, 22, 0]) cylinder(d = 15.5, h = 40, $fn = 48);
        if (pod_buzzer) for (x = [-4, 0, 4], y = [-22, -18, -14]) translate([x, y, 0]) cylinder(d = 1.8, h = 40, $fn = 12);
        for (at = screws) translate([at[0], at[1], -pod_size[2]]) {
            cylinder(d = 1.8, h = pod_size[2] + 8, $fn = 16);         // pilot hole in the upper shell
            cylinder(d = 2.6, h = pod_size[2] + split_z, $fn = 16);   // clearance in the lower shell
            cylinder(d = 5, h = pod_size[2] - 8.5, $fn = 24);         // the head
        }
    }
}

split_z = split - pod_size[2] / 2;

module pod_half(top) {
    intersection() {
        pod_shell();
        translate([-50, -100, top ? split_z : split_z - 50]) cube([100, 200, 50]);
    }
}

// lift: distance between the shells in the exploded picture
module hand_pod(lift = 0) {
    if (pod) {
        bom("pod_bottom") color(print_grey) pod_half(top = false);
        color(green) translate([0, 0, split_z + lift * 0.45]) difference() {
            translate([-board_size[0] / 2, -board_size[1] / 2, 0]) plate(board_size, 1);
            for (at = screws) translate([at[0], at[1], -1]) cylinder(d = 2.8, h = 9, $fn = 16);
        }
        if (pod_buzzer) color([0.8, 0.7, 0.35]) translate([0, -18, split_z + 3 + lift * 0.6]) cylinder(d = 20, h = 0.6, $fn = 48);
        translate([0, 0, lift]) {
            bom("pod_top") color(print_blue) pod_half(top = true);
            if (pod_button) color([0.9, 0.55, 0.2]) translate([0, 22, 6]) cylinder(d = 15, h = 8, $fn = 48);
            if (pod_light) color([0.97, 0.97, 0.97]) translate([0, 40, 5]) {
                cylinder(d = 5, h = 6, $fn = 32);
                translate([0, 0, 6]) sphere(d = 5, $fn = 32);
            }
        }
        for (at = screws) translate([at[0], at[1], -8.5 - lift]) mirror([0, 0, 1]) bom("pod_screw") screw(2.2, 16);
        color(dark) translate([0, -pod_size[1] / 2, 0]) rotate([90, 0, 0]) cylinder(d = 4.5, h = 30, $fn = 24);
    }
}

hand_pod(lift = 44);
