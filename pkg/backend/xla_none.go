//go:build !cgo || noxla || !((linux && (amd64 || arm64)) || (darwin && arm64))

package backend

import (
	"errors"

	"github.com/gomlx/compute"
)

// xlaBuiltIn tells whether this program can load plugins at all.
const xlaBuiltIn = false

var errNotBuiltIn = errors.New("XLA is not built into this program")

func openXLA(Plugin, string) (compute.Backend, error) { return nil, errNotBuiltIn }
