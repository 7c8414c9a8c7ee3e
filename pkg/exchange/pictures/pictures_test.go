package pictures_test

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/pictures"
	"example.com/unstuck/pkg/exchange/table"
)

// flat writes pictures of one color in a folder for each class: of cats gray 40, of dogs red 200.
func flat(t testing.TB, dir string, side int) {
	t.Helper()
	for class, c := range map[string]color.Color{"cats": color.Gray{Y: 40}, "dogs": color.NRGBA{R: 200, A: 255}} {
		if err := os.MkdirAll(filepath.Join(dir, class), 0o755); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			m := image.NewNRGBA(image.Rect(0, 0, side+i, side))
			for y := range side {
				for x := range side + i {
					m.Set(x, y, c)
				}
			}
			var b bytes.Buffer
			name, err := fmt.Sprintf("%d.png", i), error(nil)
			if i == 2 {
				name, err = "2.JPG", jpeg.Encode(&b, m, &jpeg.Options{Quality: 100})
			} else {
				err = png.Encode(&b, m)
			}
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, class, name), b.Bytes(), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestReadAsTheModelTakesThem(t *testing.T) {
	dir := t.TempDir()
	flat(t, dir, 6)
	require.True(t, pictures.Is(dir))
	require.False(t, pictures.Is(filepath.Join(dir, "cats")))
	for name, c := range map[string]struct {
		need pictures.Need
		row  []int
		red  []float32 // the first values of a dog
	}{
		"color":          {pictures.Need{Shape: []int{4, 4, 3}}, []int{4, 4, 3}, []float32{200, 0, 0, 200}},
		"gray":           {pictures.Need{Shape: []int{4, 5, 1}}, []int{4, 5, 1}, []float32{60, 60}},
		"no channels":    {pictures.Need{Shape: []int{8, 8}}, []int{8, 8}, []float32{60, 60}},
		"channels first": {pictures.Need{Shape: []int{3, 4, 4}, ChannelsFirst: true}, []int{3, 4, 4}, []float32{200, 200, 200, 200}},
		"flat":           {pictures.Need{Shape: []int{36}}, []int{36}, []float32{60, 60}},
		"flat color":     {pictures.Need{Shape: []int{48}}, []int{48}, []float32{200, 0, 0}},
		"any size":       {pictures.Need{Shape: []int{-1, -1, 3}}, []int{6, 6, 3}, []float32{200, 0, 0}},
		"nothing said":   {pictures.Need{}, []int{6, 6, 3}, []float32{200, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			made, err := pictures.Read(dir, c.need)
			require.NoError(t, err)
			require.Equal(t, append([]int{6}, c.row...), made.Data.X.Shape)
			for i := range 6 {
				want := c.red
				if made.Data.Y.Values[i] == 0 {
					want = []float32{40, 40}
				}
				for k, v := range want {
					require.InDelta(t, v, made.Data.X.Row(i)[k], 3, "row %d", i)
				}
			}
		})
	}
	made, err := pictures.Read(dir, pictures.Need{Output: table.Output{Units: 2, Coding: table.OneHot}})
	require.NoError(t, err)
	require.Equal(t, []int{6, 2}, made.Data.Y.Shape)
	require.Equal(t, []string{"class=cats", "class=dogs"}, made.Data.Targets)
	for _, shape := range [][]int{{7}, {2, 2, 7}, {1, 2, 3, 4}} {
		_, err := pictures.Read(dir, pictures.Need{Shape: shape})
		require.ErrorContains(t, err, "no picture has that shape")
	}
}

// What isn't a picture, claims to be a huge one, or is cut off is an error that names the file.
func TestHostilePictures(t *testing.T) {
	var whole bytes.Buffer
	require.NoError(t, png.Encode(&whole, image.NewGray(image.Rect(0, 0, 9, 9))))
	huge := bytes.Clone(whole.Bytes())
	copy(huge[16:], []byte{0, 0xff, 0xff, 0xff, 0, 0xff, 0xff, 0xff}) // width and height
	sum := crc32.ChecksumIEEE(huge[12:29])
	copy(huge[29:], []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
	for name, content := range map[string][]byte{"text": []byte("no picture"), "empty": nil, "half": whole.Bytes()[:40], "huge": huge} {
		dir := t.TempDir()
		flat(t, dir, 4)
		path := filepath.Join(dir, "dogs", "9.png")
		require.NoError(t, os.WriteFile(path, content, 0o644))
		_, err := pictures.Read(dir, pictures.Need{Shape: []int{4, 4, 1}})
		require.ErrorContains(t, err, path, name)
		if name == "huge" {
			require.ErrorIs(t, err, dataset.ErrTooLarge)
		}
	}
	_, err := pictures.Read(t.TempDir(), pictures.Need{})
	require.ErrorIs(t, err, dataset.ErrNoRows)
}

func Example() {
	dir, err := os.MkdirTemp("", "pictures")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	for _, class := range []string{"cats", "dogs"} {
		if err := writeGray(filepath.Join(dir, class)); err != nil {
			fmt.Println(err)
			return
		}
	}
	made, err := pictures.Read(dir, pictures.Need{Shape: []int{8, 8, 1}, Output: table.Output{Units: 2, Coding: table.ClassNumbers}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(made.Data.X.Shape, made.Data.Y.Shape)
	fmt.Println(made.Assumed[0])
	// Output:
	// [2 8 8 1] [2 1]
	// classes as class numbers: "cats" 0, "dogs" 1 (the names of the folders in their order; rename folders for another order)
}

// writeGray writes one gray picture into a new folder.
func writeGray(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(dir, "1.png"))
	if err != nil {
		return err
	}
	defer file.Close()
	return png.Encode(file, image.NewGray(image.Rect(0, 0, 8, 8)))
}
