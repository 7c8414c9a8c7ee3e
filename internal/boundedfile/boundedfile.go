// Package boundedfile reads small files that may turn out to be large: settings that a slip made a data set, or a device without an end.
package boundedfile

import (
	"fmt"
	"io"
	"os"
)

// Read reads a file of at most so many bytes. The error of a larger one says so, and what it therefore is not: "settings", "sweep".
func Read(path string, most int64, what string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(content)) > most {
		return nil, fmt.Errorf("%s: more than %d bytes are no %s", path, most, what)
	}
	return content, nil
}
