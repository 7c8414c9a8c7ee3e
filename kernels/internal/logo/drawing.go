package main

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
)

var (
	transparent = color.NRGBA{}
	night       = color.NRGBA{0x17, 0x1f, 0x33, 0xff}
	axis        = color.NRGBA{0x4a, 0x58, 0x7a, 0xff}
	white       = color.NRGBA{0xff, 0xff, 0xff, 0xff}
)

// badge is what tells the kernels apart: a colour and a mark in the upper right corner.
type badge struct {
	color color.NRGBA
	mark  func(c vg.Canvas, b badge)
}

var badges = map[string]badge{
	"unstuck-xla-cpu":  {color.NRGBA{0xff, 0xb4, 0x54, 0xff}, chip},
	"unstuck-xla-cuda": {color.NRGBA{0x8e, 0xd0, 0x3b, 0xff}, grid},
	"unstuck-go":       {color.NRGBA{0x4f, 0xc9, 0xf0, 0xff}, eyes},
}

// logo draws a loss that is stuck on a plateau and then comes down.
func logo(c vg.Canvas, b badge) {
	fill(c, night, roundedRectangle(1, 1, 62, 62, 12))

	stroke(c, axis, 2, func(p *vg.Path) {
		p.Move(vg.Point{X: 11, Y: 52})
		p.Line(vg.Point{X: 11, Y: 11})
		p.Line(vg.Point{X: 53, Y: 11})
	})
	stroke(c, b.color, 4.5, func(p *vg.Path) {
		p.Move(vg.Point{X: 16, Y: 44})
		p.Line(vg.Point{X: 24, Y: 44})
		p.CubeTo(vg.Point{X: 34, Y: 44}, vg.Point{X: 30, Y: 18}, vg.Point{X: 50, Y: 17})
	})
	dot(c, b.color, 16, 44, 2.25)
	dot(c, white, 50, 17, 3.5)
	b.mark(c, b)
}

// chip is a processor with its pins.
func chip(c vg.Canvas, b badge) {
	for _, at := range []vg.Length{43, 47, 51} {
		stroke(c, b.color, 1.6, func(p *vg.Path) {
			p.Move(vg.Point{X: at, Y: 37})
			p.Line(vg.Point{X: at, Y: 57})
			p.Move(vg.Point{X: 37, Y: at})
			p.Line(vg.Point{X: 57, Y: at})
		})
	}
	fill(c, b.color, roundedRectangle(40, 40, 14, 14, 2.5))
	fill(c, night, roundedRectangle(44, 44, 6, 6, 1))
}

// grid is many small processors side by side.
func grid(c vg.Canvas, b badge) {
	for row := range 3 {
		for column := range 3 {
			shade := b.color
			if (row+column)%2 == 1 {
				shade.A = 0x99
			}
			fill(c, shade, roundedRectangle(38+vg.Length(column)*6.5, 38+vg.Length(row)*6.5, 5, 5, 1.2))
		}
	}
}

// eyes are those of a gopher.
func eyes(c vg.Canvas, b badge) {
	for _, x := range []vg.Length{41, 52} {
		dot(c, white, x, 48, 5.2)
		dot(c, b.color, x-1.2, 46.6, 2.6)
	}
}

func fill(c vg.Canvas, shade color.Color, p vg.Path) {
	c.SetColor(shade)
	c.Fill(p)
}

func stroke(c vg.Canvas, shade color.Color, width vg.Length, outline func(*vg.Path)) {
	var p vg.Path
	outline(&p)
	c.SetColor(shade)
	c.SetLineWidth(width)
	c.Stroke(p)
}

func dot(c vg.Canvas, shade color.Color, x, y, radius vg.Length) {
	var p vg.Path
	p.Move(vg.Point{X: x + radius, Y: y})
	p.Arc(vg.Point{X: x, Y: y}, radius, 0, 2*math.Pi)
	p.Close()
	fill(c, shade, p)
}

func roundedRectangle(x, y, width, height, radius vg.Length) vg.Path {
	var p vg.Path
	p.Move(vg.Point{X: x + radius, Y: y})
	p.Line(vg.Point{X: x + width - radius, Y: y})
	p.Arc(vg.Point{X: x + width - radius, Y: y + radius}, radius, -math.Pi/2, math.Pi/2)
	p.Line(vg.Point{X: x + width, Y: y + height - radius})
	p.Arc(vg.Point{X: x + width - radius, Y: y + height - radius}, radius, 0, math.Pi/2)
	p.Line(vg.Point{X: x + radius, Y: y + height})
	p.Arc(vg.Point{X: x + radius, Y: y + height - radius}, radius, math.Pi/2, math.Pi/2)
	p.Line(vg.Point{X: x, Y: y + radius})
	p.Arc(vg.Point{X: x + radius, Y: y + radius}, radius, math.Pi, math.Pi/2)
	p.Close()
	return p
}
