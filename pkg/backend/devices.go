//go:build cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64))

package backend

import (
	"fmt"
	"strconv"
	"strings"
)

// mostDevices is more than a CPU can be shared out over with profit: each has threads of its own.
const mostDevices = 256

// takeDevices takes "devices=N" out of the settings of an XLA backend: on the CPU it is how many devices it shows, which are one
// where nothing is said. What a GPU's plugin shows is what is there.
func takeDevices(platform, settings string) (devices int, others string, err error) {
	devices = 1
	var rest []string
	for _, s := range strings.Split(settings, ",") {
		value, is := strings.CutPrefix(s, "devices=")
		if !is {
			rest = append(rest, s)
			continue
		}
		if platform != "cpu" {
			return 0, "", fmt.Errorf("the setting %q is for XLA on the CPU: on %s the devices are those that are there, and visible_devices=0;1 takes some of them", s, device(platform))
		}
		if devices, err = strconv.Atoi(value); err != nil || devices < 1 || devices > mostDevices {
			return 0, "", fmt.Errorf("the setting %q must be a number from 1 to %d", s, mostDevices)
		}
	}
	return devices, strings.Join(rest, ","), nil
}
