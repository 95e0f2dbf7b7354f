//go:build unix

package main

import (
	"cmp"
	"image/color"
	"maps"
	"slices"
)

func rgba(c color.Color) color.RGBA {
	r, g, b, _ := c.RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}
}

// frequent are the most frequent colours, 256 at most.
func frequent(count map[color.RGBA]int) color.Palette {
	colours := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var out color.Palette
	for _, colour := range colours[:min(256, len(colours))] {
		out = append(out, colour)
	}
	return out
}
