//go:build !linux && !darwin

package backend

import "errors"

func processor() (string, error) { return "", errors.ErrUnsupported }
