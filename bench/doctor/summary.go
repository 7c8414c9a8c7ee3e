package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// counted is a share with how sure it is.
type counted struct {
	Count int        `json:"count"`
	Of    int        `json:"of"`
	Share *float64   `json:"share"`    // null: there is nothing to count
	Range [2]float64 `json:"interval"` // Wilson's, of 95%
}

func countedOf(n, of int) counted {
	c := counted{Count: n, Of: of, Range: [2]float64{0, 1}}
	if of > 0 {
		share := float64(n) / float64(of)
		c.Share = &share
		c.Range[0], c.Range[1] = wilson(n, of)
	}
	return c
}

// String is "3 of 4 (75%, 30 to 95%)".
func (c counted) String() string {
	if c.Share == nil {
		return "none to count"
	}
	return fmt.Sprintf("%d of %d (%.0f%%; 95%%: %.0f to %.0f%%)", c.Count, c.Of, 100**c.Share, 100*c.Range[0], 100*c.Range[1])
}

// summary is a score as it is told.
type summary struct {
	Set         string  `json:"set"`
	Cases       int     `json:"cases"`
	Named       counted `json:"named"`        // faults whose cause is among the findings
	Top1        counted `json:"top1"`         // faults whose cause is the verdict
	Cured       counted `json:"cured"`        // curable faults whose first finding is verified
	Lifted      counted `json:"lifted"`       // faults, not curable ones among them, of which more than half is explained with the treatment
	FalseAlarms counted `json:"false_alarms"` // healthy ones with a finding
	Flawed      counted `json:"against_themselves"`
	Median      float64 `json:"seconds_median"`
	Slowest     float64 `json:"seconds_slowest"`
	All         float64 `json:"seconds_all"`
	Missed      []miss  `json:"missed"`
}

func (s *score) told() summary {
	t := summary{
		Set: s.name, Cases: len(s.times), Named: countedOf(s.named, s.faults), Top1: countedOf(s.top1, s.faults), Cured: countedOf(s.verified, s.curable),
		Lifted: countedOf(s.lifted, s.faults), FalseAlarms: countedOf(s.healthy-s.quiet, s.healthy), Flawed: countedOf(s.flawed, len(s.times)), Missed: s.missed,
	}
	if len(s.times) == 0 {
		return t
	}
	times, all := slices.Sorted(slices.Values(s.times)), time.Duration(0)
	for _, one := range times {
		all += one
	}
	t.Median, t.Slowest, t.All = times[len(times)/2].Seconds(), times[len(times)-1].Seconds(), all.Seconds()
	return t
}

func summaries(scores []*score) []summary {
	told := []summary{}
	for _, s := range scores {
		told = append(told, s.told())
	}
	return told
}

func (s *score) summary() string {
	if len(s.times) == 0 {
		return s.name + ": no such cases\n"
	}
	t := s.told()
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s: %d cases\n", t.Set, t.Cases)
	fmt.Fprintf(&b, "  named right: among the findings           %s\n", t.Named)
	fmt.Fprintf(&b, "  top-1: the verdict                        %s\n", t.Top1)
	fmt.Fprintf(&b, "  cured: curable, first finding verified    %s\n", t.Cured)
	fmt.Fprintf(&b, "  all faults: explained lifted above 0.5    %s\n", t.Lifted)
	fmt.Fprintf(&b, "  false alarms over the healthy             %s\n", t.FalseAlarms)
	fmt.Fprintf(&b, "  reports that argue against themselves     %s\n", t.Flawed)
	fmt.Fprintf(&b, "  seconds a case                            median %.1f, slowest %.1f, all %.0f\n", t.Median, t.Slowest, t.All)
	for _, m := range t.Missed {
		fmt.Fprintf(&b, "  wrong: %s is %s, the verdict is %s\n", m.ID, strings.Join(m.Accept, " or "), m.Verdict)
	}
	b.WriteString("\n  what papers say of their tools, each on other cases than these:\n")
	for _, p := range publishedFigures {
		fmt.Fprintf(&b, "    %-28s %s (%s)\n", p.Tool, p.Figures, p.Source)
	}
	if s.faults == 54 && s.healthy == 18 {
		b.WriteString("  published rules on these very cases (top-1, false alarms of 18), as the cases' README reports them:\n")
		for _, p := range onDoctorCases {
			fmt.Fprintf(&b, "    %-38s  %2d%%  %2d\n", p.name, p.top1, p.alarms)
		}
	}
	return b.String() + "\n"
}
