package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// published are the numbers of rule sets from papers and tools on the 72 cases of ../shared/doctor-cases, as
// that folder's README reports them: top-1 over the faults, false alarms among 18 healthy cases.
var published = []struct {
	name   string
	top1   int
	alarms int
}{
	{"AUTOTRAINER, its code", 19, 11},
	{"AUTOTRAINER, its paper's five symptoms", 33, 11},
	{"SageMaker Debugger, every step", 26, 18},
	{"SageMaker Debugger, every 500 steps", 35, 14},
	{"TheDeepChecker, first message", 11, 18},
}

func (s *score) summary(folder string) string {
	if len(s.times) == 0 {
		return folder + ": no such cases\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s: %d cases\n", folder, len(s.times))
	fmt.Fprintf(&b, "  top-1 over the faults                     %s\n", share(s.top1, s.faults))
	fmt.Fprintf(&b, "  healthy without a false alarm             %s\n", share(s.quiet, s.healthy))
	fmt.Fprintf(&b, "  curable faults: first finding verified    %s\n", share(s.verified, s.curable))
	fmt.Fprintf(&b, "  all faults: explained lifted above 0.5    %s\n", share(s.lifted, s.faults))
	fmt.Fprintf(&b, "  reports that argue against themselves     %s\n", share(s.flawed, len(s.times)))
	times := slices.Sorted(slices.Values(s.times))
	total := time.Duration(0)
	for _, t := range times {
		total += t
	}
	fmt.Fprintf(&b, "  time a case                               median %.1f s, longest %.1f s, all %.0f s\n",
		times[len(times)/2].Seconds(), times[len(times)-1].Seconds(), total.Seconds())
	if len(s.wrong) > 0 {
		fmt.Fprintf(&b, "  wrong: %s\n", strings.Join(s.wrong, ", "))
	}
	if s.faults == 54 && s.healthy == 18 {
		b.WriteString("  published rules on these cases (top-1, false alarms of 18):\n")
		for _, p := range published {
			fmt.Fprintf(&b, "    %-38s  %2d%%  %2d\n", p.name, p.top1, p.alarms)
		}
	}
	return b.String() + "\n"
}

func share(n, of int) string {
	if of == 0 {
		return "none to count"
	}
	return fmt.Sprintf("%d of %d (%.0f%%)", n, of, 100*float64(n)/float64(of))
}
