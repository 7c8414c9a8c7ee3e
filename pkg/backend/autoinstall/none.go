//go:build !cgo || noxla || !((linux && (amd64 || arm64)) || (darwin && arm64))

package autoinstall

import (
	"context"
	"errors"
)

func install(context.Context, string) error {
	return errors.New("XLA is not built into this program, so a plugin would be of no use to it")
}
