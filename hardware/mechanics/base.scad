// The base: a stiff plate with a rim of wooden strips (lower than the tiles), a rubber pad below each sensor, the name of each
// tile drawn where it goes. base_parts = 2 folds between two rows; cloth tape underneath is the hinge.
include <lib.scad>

skirt = [6, 8];
fold_row = floor(rows / 2);
fold_y = fold_row * pitch_y - gap / 2;

module base() {
    ends = base_parts == 1 ? [-border, mat_l + border] : [-border, fold_y, mat_l + border];
    for (n = [0 : base_parts - 1]) base_part(ends[n], ends[n + 1]);
    if (base_parts == 2) bom("hinge_tape", 0.5) color(dark)
        translate([-border, fold_y - 25, -base_h - 0.4]) cube([mat_w + 2 * border, 50, 0.4]);
    for (x = [-border, mat_w + border - skirt[0]]) bom("skirt_long") color(wood)
        translate([x, -border, 0]) cut_at_fold() cube([skirt[0], mat_l + 2 * border, skirt[1]]);
    for (y = [-border, mat_l + border - skirt[0]]) bom("skirt_short") color(wood)
        translate([skirt[0] - border, y, 0]) cube([mat_w + 2 * border - 2 * skirt[0], skirt[0], skirt[1]]);
    for (row = [0 : rows - 1], col = [0 : cols - 1]) let (at = tile_at(row, col))
        {
            color(dark) translate([at[0] + tile_w / 2, at[1] + tile_l / 2 + 24, 0]) linear_extrude(0.1)
                text(cell_names[row * cols + col], size = 16, halign = "center", valign = "center");
            // A pad under every corner: the base never spans from one sensor to the next.
            for (corner = corners) bom("foot_pad") color(dark)
                translate([at[0] + corner[0], at[1] + corner[1], -base_h - 2]) cylinder(d = 20, h = 2, $fn = 32);
            if (hold_down) bom("hold_down_nut") color(steel) translate([at[0] + tile_w / 2, at[1] + tile_l / 2, -base_h - 0.01])
                cylinder(d = 15, h = 1, $fn = 24);
        }
}

module base_part(from, to) {
    w = mat_w + 2 * border;
    bom("base_plate") color(wood) translate([-border, from, -base_h]) plate([w, to - from, base_h], 4);
}

// A strip along the side of a folding base is sawn through at the fold.
module cut_at_fold() {
    difference() {
        children();
        if (base_parts == 2) translate([-1, fold_y + border - 0.5, -1]) cube([99, 1, 99]);
    }
}

base();
