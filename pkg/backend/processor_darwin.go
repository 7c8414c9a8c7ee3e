package backend

import "golang.org/x/sys/unix"

// processor describes the machine's processor; on Apple's, the name tells the features.
func processor() (string, error) { return unix.Sysctl("machdep.cpu.brand_string") }
