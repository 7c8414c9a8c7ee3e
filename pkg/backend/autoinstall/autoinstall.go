//go:build cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64))

package autoinstall

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/gomlx/go-xla/installer"
	"github.com/gomlx/go-xla/pjrt"
)

const (
	reachLimit   = 8 * time.Second // to hear from the installer's server at all
	installLimit = 5 * time.Minute // to download about 60 MB and unpack them
)

func install(ctx context.Context, library string) error {
	platform := runtime.GOOS + "_" + runtime.GOARCH
	// The installer itself would wait for minutes where its server doesn't answer.
	err := within(ctx, reachLimit, func() error {
		_, err := installer.CPUGetDownloadURL(platform, pjrt.DefaultCPUVersion)
		return err
	})
	if err != nil {
		return fmt.Errorf("GoMLX's installer can't reach its server: %w", err)
	}
	err = within(ctx, installLimit, func() error {
		return installer.CPUAutoInstall(library, true, installer.Quiet)
	})
	if err != nil {
		return fmt.Errorf("GoMLX's installer failed: %w", err)
	}
	return nil
}
