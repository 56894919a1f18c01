// Shared by all parts. Lengths in mm. Seen from above, head up: x runs from the right hand to the left hand,
// y from the base to the head; the origin is the corner of the tile field at base and right hand.
include <params.scad>

pitch_x = tile_w + gap;
pitch_y = tile_l + gap;
spacer_h = 4;                        // plate under and over a single cell
// Underside of a tile above the top of the base, nothing on it.
tile_z = ring ? cell_h + stop_gap : cell_h + 2 * spacer_h;

bore = [20, 8];                      // hold-down, in the top of a tile: diameter, depth (Forstner bit)
hole_d = 11;                         // and through the rest of the tile

wood = [0.85, 0.72, 0.52];
pale = [0.93, 0.84, 0.68];
print_grey = [0.35, 0.38, 0.42];
print_blue = [0.30, 0.48, 0.68];
steel = [0.72, 0.74, 0.77];
green = [0.16, 0.45, 0.28];
dark = [0.15, 0.15, 0.16];

// Names a line of the bill of materials; the counts are compared with bom.csv.
module bom(id, pieces = 1) {
    echo(str("BOM ", id, " ", pieces));
    children();
}

module plate(size, r = 3) {
    linear_extrude(size[2]) offset(r) offset(-r) square([size[0], size[1]]);
}

module screw(d, l, head = 1.9) {
    color(steel) {
        translate([0, 0, -l]) cylinder(d = d, h = l, $fn = 16);
        cylinder(d1 = d * head, d2 = d * head * 0.8, h = d * 0.5, $fn = 24);
    }
}

// Countersunk: the top of the head is at z = 0, l is the whole length.
module sunk_screw(d, l, head = 1.9) {
    color(steel) translate([0, 0, -l]) {
        cylinder(d = d, h = l, $fn = 16);
        translate([0, 0, l - d * 0.5]) cylinder(d1 = d, d2 = d * head, h = d * 0.5, $fn = 24);
    }
}

inset = corners[0][0];               // edge of a tile to the sensors; all corners of a tile: see params.scad

// A small board, flat on its foam tape, by its middle.
module lying_board(at, size) {
    translate([at[0] - size[0] / 2, at[1] - size[1] / 2, 1]) cube([size[0], size[1], 1.6]);
}

// Corner of a tile: column 0 (left hand) has the largest x, because the mat is seen from above, head up.
function tile_at(row, col) = [(cols - 1 - col) * pitch_x, row * pitch_y];
