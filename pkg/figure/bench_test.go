package figure

import (
	"io"
	"testing"
)

func BenchmarkRender(b *testing.B) {
	for _, name := range []string{"losscurves", "overview"} {
		for _, format := range []Format{PNG, SVG} {
			b.Run(name+"/"+string(format), func(b *testing.B) {
				for b.Loop() {
					if err := Render(io.Discard, goldens[name], format); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
