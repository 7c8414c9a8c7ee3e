package saved

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/unstuck/pkg/exchange/pictures"
)

// The names that data have in a folder, those first that are looked for first, and the folders of pictures.
var (
	dataNames      = []string{"data.npz", "data.csv", "data.tsv", "data.txt", "data.data", "data.parquet", "data.csv.gz"}
	pictureFolders = []string{"data", "images", "train"}
	otherData      = []string{".npz", ".csv", ".tsv", ".parquet"}
)

// findData finds a folder's data: under its usual names, as a folder of pictures, or as the only file that can be data.
// Of a pair of tables to train and to validate on it is both.
func findData(dir string) (data, validation string, err error) {
	path, err := first(dir, dataNames...)
	if err != nil || path != "" {
		return path, "", err
	}
	for _, name := range pictureFolders {
		if path := filepath.Join(dir, name); pictures.Is(path) {
			return path, "", nil
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return "", "", err
	}
	var all, others []string
	for _, file := range files {
		all = append(all, file.Name())
		if slices.Contains(otherData, strings.ToLower(filepath.Ext(file.Name()))) && file.Type().IsRegular() {
			others = append(others, file.Name())
		}
	}
	switch len(others) {
	case 0:
		return "", "", fmt.Errorf("%s holds no data, %s: it may be a data.npz with arrays x and y, a table as data.csv or data.parquet, or a folder of pictures, data", dir, holding(all))
	case 1:
		return filepath.Join(dir, others[0]), "", nil
	}
	if train, held := pairOf(others); train != "" {
		return filepath.Join(dir, train), filepath.Join(dir, held), nil
	}
	return "", "", fmt.Errorf("%s holds several files that can be data, %s: name one with --data", dir, listed(others))
}

// The words that tell a table of rows to train on from one of rows to validate on; those that come first are better.
var (
	trainWords = []string{"train", "training"}
	heldWords  = []string{"val", "valid", "validation", "dev", "test", "testing"}
)

// pairOf are the one table to train on and the best to validate on, whose names are alike but for that word; "": there is no such pair.
func pairOf(names []string) (train, held string) {
	for _, word := range trainWords {
		for _, name := range names {
			rest, is := without(name, word)
			if !is {
				continue
			}
			if train != "" {
				return "", "" // two to train on
			}
			train = name
			for _, other := range heldWords {
				at := slices.IndexFunc(names, func(n string) bool {
					left, is := without(n, other)
					return is && left == rest
				})
				if held == "" && at >= 0 {
					held = names[at]
				}
			}
		}
	}
	if held == "" {
		return "", ""
	}
	return train, held
}

// without is a name in small letters without a word of it, and whether it has that word.
func without(name, word string) (rest string, is bool) {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("_-. ", r) })
	at := slices.Index(words, word)
	if at < 0 {
		return "", false
	}
	return strings.Join(slices.Delete(words, at, at+1), " "), true
}
