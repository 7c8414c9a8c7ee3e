package dataset

import "strings"

// fileError is an error about the content of a file, with the package's name once.
type fileError struct {
	path string
	err  error
}

func (e *fileError) Error() string {
	return prefix + e.path + ": " + strings.TrimPrefix(e.err.Error(), prefix)
}

func (e *fileError) Unwrap() error { return e.err }

// prefix begins the errors of this package.
const prefix = "dataset: "
