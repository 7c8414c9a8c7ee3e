// Package pictures makes training data of a folder of pictures that has a folder for each class, as
// keras.utils.image_dataset_from_directory takes it.
//
//	made, err := pictures.Read("flowers", pictures.Need{Shape: []int{64, 64, 3}, Output: table.Output{Units: 5, Coding: table.ClassNumbers}})
//	made.Data    // X is [pictures, 64, 64, 3], from 0 to 255
//	made.Assumed // the classes, the size, the order
package pictures

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/table"
	"example.com/unstuck/pkg/training"
)

// Need is what a model takes and gives.
type Need struct {
	// Shape of a row: [height, width, channels], [height, width], or what a picture has when it is flattened. −1: as the
	// first picture has it; nil: as the first picture is, in color where any of the first hundred is.
	Shape         []int
	ChannelsFirst bool // Shape is [channels, height, width]
	Output        table.Output
}

// The most that is read: pictures, numbers of all of them together, and pixels of one as it lies in its file.
const (
	maxPictures = 1 << 20
	maxValues   = 1 << 28
	maxPixels   = 1 << 26
)

// extensions of the files that are pictures, in small letters.
var extensions = []string{".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"}

func isPicture(name string) bool {
	return slices.Contains(extensions, strings.ToLower(filepath.Ext(name))) && !strings.HasPrefix(name, ".")
}

// Is reports whether a path is a folder that Read reads: at least two folders in it hold pictures.
func Is(path string) bool {
	classes, _, err := list(path)
	return err == nil && len(classes) > 1
}

// picture is a file with its class.
type picture struct {
	path  string
	class int32
}

// list finds the classes of a folder in the order of their names, and the pictures of each in theirs.
func list(dir string) (classes []string, all []picture, err error) {
	folders, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, folder := range folders {
		if !folder.IsDir() || strings.HasPrefix(folder.Name(), ".") {
			continue
		}
		files, err := os.ReadDir(filepath.Join(dir, folder.Name()))
		if err != nil {
			return nil, nil, err
		}
		before := len(all)
		for _, file := range files {
			if isPicture(file.Name()) && file.Type().IsRegular() {
				all = append(all, picture{filepath.Join(dir, folder.Name(), file.Name()), int32(len(classes))})
			}
		}
		if len(all) > before {
			classes = append(classes, folder.Name())
		}
		if len(all) > maxPictures {
			return nil, nil, fmt.Errorf("more than %d pictures: %w", maxPictures, dataset.ErrTooLarge)
		}
	}
	return classes, all, nil
}

// Read reads all pictures of a folder, each made as large as the model takes it, in an order drawn from a fixed seed: by class,
// the last rows would be of one class only. Values are from 0 to 255, as they are in the files. Errors name the file.
func Read(dir string, need Need) (table.Made, error) {
	classes, all, err := list(dir)
	switch {
	case err != nil:
		return table.Made{}, err
	case len(all) == 0:
		return table.Made{}, fmt.Errorf("%s: no folder in it holds pictures (%s): %w", dir, strings.Join(extensions, ", "), dataset.ErrNoRows)
	case len(classes) < 2:
		return table.Made{}, fmt.Errorf("%s: pictures of one class only, %q: a folder for each class is needed", dir, classes[0])
	}
	s, err := need.size(all)
	if err != nil {
		return table.Made{}, fmt.Errorf("%s: %w", dir, err)
	}
	if len(all) > maxValues/s.values() {
		return table.Made{}, fmt.Errorf("%s: %d pictures of %d numbers: %w", dir, len(all), s.values(), dataset.ErrTooLarge)
	}
	x := dataset.Array{Shape: append([]int{len(all)}, need.shaped(s)...), Values: make([]float32, len(all)*s.values())}
	of, resized := make([]int32, len(all)), 0
	for i, p := range all {
		changed, err := s.read(p.path, x.Row(i))
		if err != nil {
			return table.Made{}, fmt.Errorf("%s: %w", p.path, err)
		}
		if of[i] = p.class; changed {
			resized++
		}
	}
	y, names, how := table.Classes("class", classes, of, need.Output)
	d := dataset.Data{X: x, Y: y, Targets: names}
	if d, err = d.Shuffle(1); err != nil {
		return table.Made{}, err
	}
	assumed := []training.Assumption{
		{Setting: "classes", Value: how, Why: "the names of the folders in their order", Flag: "rename folders for another order"},
		{Setting: "pixels", Value: "from 0 to 255", Why: "as the files have them; what divides them belongs into the model", Flag: "an .npz holds what a program makes of them"},
		{Setting: "order of the pictures", Value: "drawn", Why: "by class, rows held out would be of the last ones only"},
	}
	if resized > 0 {
		assumed = append(assumed, training.Assumption{Setting: "size of the pictures", Value: fmt.Sprintf("%d × %d", s.height, s.width), Why: strconv.Itoa(resized) + " of them are of another, and were resized bilinearly"})
	}
	for i := range assumed {
		assumed[i].OfData = true
	}
	return table.Made{Data: d, Assumed: assumed}, d.ValidateShapes()
}

var errShape = errors.New("no picture has that shape")
