//go:build !cgo || noxla || !((linux && (amd64 || arm64)) || (darwin && arm64))

package programs

import "errors"

// Attach is an error: there is no plugin in this program.
func Attach(string, *Store, []byte) error { return errors.ErrUnsupported }

// Detach does nothing.
func Detach(string) {}

// StatsOf counts nothing.
func StatsOf(string) Stats { return Stats{} }
