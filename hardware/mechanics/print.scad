// One printed part, lying as it is printed: openscad -D 'part="holder"' -o holder.stl print.scad
use <holder.scad>
use <tile.scad>
use <hold_down.scad>
use <pod.scad>
use <electronics_box.scad>
include <lib.scad>

part = "holder";

if (part == "holder") holder_body();
if (part == "foot") rotate([180, 0, 0]) foot_body();
if (part == "hold_down") translate([0, 0, hold_down_top()]) rotate([180, 0, 0]) hold_down_body();
if (part == "box_bottom") box_bottom();
if (part == "box_lid") box_lid();
if (part == "pod_bottom") rotate([180, 0, 0]) pod_half(top = false);
if (part == "pod_top") pod_half(top = true);
