package kernels

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLogos(t *testing.T) {
	seen := map[string]string{}
	for _, spec := range Specs() {
		for _, name := range logoNames {
			content, err := spec.logo(name)
			require.NoError(t, err)
			assert.Empty(t, seen[string(content)], "%s of %s is that of another kernel", name, spec.Name)
			seen[string(content)] = spec.Name
			if name == "logo-svg.svg" {
				decoder := xml.NewDecoder(bytes.NewReader(content))
				for err == nil {
					_, err = decoder.Token()
				}
				assert.ErrorIs(t, err, io.EOF)
				continue
			}
			image, err := png.Decode(bytes.NewReader(content))
			require.NoError(t, err)
			assert.Equal(t, map[string]int{"logo-32x32.png": 32, "logo-64x64.png": 64}[name], image.Bounds().Dx())
			_, _, _, alpha := image.At(0, 0).RGBA()
			assert.Zero(t, alpha, "the corner is transparent, for light and dark themes")
		}
	}
}
