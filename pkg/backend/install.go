//go:build cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64))

package backend

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gomlx/go-xla/installer"
	"github.com/gomlx/go-xla/pjrt"
)

const (
	reachLimit   = 8 * time.Second // to hear from the installer's server at all
	installLimit = 5 * time.Minute // to download about 60 MB and unpack them
)

// installCPU runs GoMLX's own installer for its CPU plugin into the user's library folder. It gives up early
// where the server doesn't answer: the installer itself would wait for minutes.
func installCPU(ctx context.Context, home string) error {
	platform := runtime.GOOS + "_" + runtime.GOARCH
	err := within(ctx, reachLimit, func() error {
		_, err := installer.CPUGetDownloadURL(platform, pjrt.DefaultCPUVersion)
		return err
	})
	if err != nil {
		return fmt.Errorf("GoMLX's installer can't reach its server: %w", err)
	}
	library := environment{home: home, goos: runtime.GOOS, system: "/"}.installed()[0]
	err = within(ctx, installLimit, func() error {
		return installer.CPUAutoInstall(filepath.Clean(library), true, installer.Quiet)
	})
	if err != nil {
		return fmt.Errorf("GoMLX's installer failed: %w", err)
	}
	return nil
}

// within abandons f, which knows no context, after the limit. f goes on by itself until its own time-outs;
// the installer moves files into place in one step, so what it leaves is whole.
func within(ctx context.Context, limit time.Duration, f func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- guard(f) }()
	select {
	case err := <-done:
		if err != nil {
			return firstLine(err)
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
