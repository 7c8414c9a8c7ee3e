// Package architectures_test examines the architectures of Keras' documentation as unstuck diagnose does: trained well, and with
// a fault planted.
package architectures_test

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"

	"example.com/unstuck/pkg/doctor"
)

var update = flag.Bool("update", false, "examine all again, and write the table")

var nan = math.NaN()

// architecture is a model of Keras' documentation with data that it learns, and the faults that are planted in it.
type architecture struct {
	name         string
	data         generator
	rows, epochs int
	rate         float64 // of Adam
	faults       []fault
}

var architectures = []architecture{
	{"lenet", stripes, 128, 20, 2e-3, []fault{sigmoids}},
	{"vgg block", stripes, 128, 40, 2e-3, []fault{zeros}},
	{"resnet v1", stripes, 128, 40, 4e-3, []fault{rateTooLow}},
	{"resnet v2", stripes, 128, 20, 2e-3, []fault{logitsAsProbabilities}},
	{"densenet", stripes, 128, 20, 2e-3, []fault{rateTooHigh}},
	{"mobilenet", stripes, 128, 30, 4e-3, []fault{logitsTwice}},
	{"xception", stripes, 128, 50, 4e-3, []fault{frozen}},
	{"u-net", spots, 64, 300, 4e-3, []fault{strangers}},
	{"autoencoder", pictures, 96, 40, 4e-3, []fault{signedTargets}},
	{"vit", stripes, 128, 60, 4e-3, []fault{rateTooHigh}},
	{"text cnn", opinions, 256, 60, 4e-3, []fault{softmaxOfOne}},
	{"bilstm tagger", tagged(8), 96, 30, 1e-2, []fault{logitsAsProbabilities}},
	{"bilstm tagger with a mask", tagged(4), 96, 30, 1e-2, []fault{shuffledLabels}},
	{"seq2seq", steps, 192, 60, 1e-2, []fault{oneBased}},
	{"seq2seq with attention", translations, 96, 60, 1e-2, []fault{tooFew}},
	{"transformer encoder", topics, 192, 30, 4e-3, []fault{penalized}},
	{"time series transformer", series, 192, 30, 4e-3, []fault{strangers}},
	{"gpt block", texts, 96, 60, 1e-2, []fault{rateTooLow}},
	{"siamese", stripePairs, 192, 30, 4e-3, []fault{constantLabels}},
	{"wide & deep", mixed, 192, 60, 1e-2, []fault{scaledTargets, absurdTargets}},
	{"recommender", ratings, 400, 60, 1e-2, []fault{missing}},
}

// TestArchitectures examines each architecture, trained well and with its faults, and compares README.md's table with what comes of it;
// -update writes the table. What takes long, compiling other programs, is left out unless UNSTUCK_XLA=all, and most of it by -short.
func TestArchitectures(t *testing.T) {
	b := backendtest.XLA(t)
	names, configs := readConfigs(t)
	page, err := os.ReadFile("README.md")
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(page), begin)
	require.True(t, ok)
	table, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	lines := header
	for _, a := range architectures {
		require.Contains(t, names, a.name)
		for _, f := range append([]fault{well}, a.faults...) {
			line := lineIn(table, a, f)
			if f.compiles && os.Getenv("UNSTUCK_XLA") != "all" && !*update {
				require.NotEmpty(t, line, "%s with %s is in the table", a.name, f.name)
				lines += line
				continue
			}
			t.Run(a.name+"/"+f.name, func(t *testing.T) {
				if testing.Short() && a.name != "wide & deep" {
					t.Skip("skipped: forty examinations are not for -short")
				}
				given := a.given(t, configs[a.name])
				f.plant(given)
				r, err := doctor.Examine(context.Background(), given.read(t), doctor.Options{Backend: b})
				require.NoError(t, err)
				t.Log(r.Verdict())
				line = lineOf(a, f, r)
				if !*update {
					require.Contains(t, withoutNumbers(table), withoutNumbers(line))
				}
				assert.Contains(t, f.want, r.Cause, r.Verdict())
				if r.Cause != doctor.Healthy && r.Cause != doctor.NoSignal {
					assert.True(t, r.Findings[0].Verified, r.Verdict())
				}
			})
			lines += line
		}
	}
	require.Len(t, architectures, len(names), "architectures that are examined")
	if *update {
		require.NoError(t, os.WriteFile("README.md", []byte(before+begin+lines+end+after), 0o644))
	}
}

const (
	begin  = "<!-- examined: made by a test -->\n"
	end    = "<!-- end of examined -->"
	header = "| architecture | fault | verdict | explained | with the treatment |\n| --- | --- | --- | ---: | ---: |\n"
)

// lineIn is the row that the table has of an architecture with a fault; empty: none.
func lineIn(table string, a architecture, f fault) string {
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, fmt.Sprintf("| %s | %s |", a.name, f.name)) {
			return line
		}
	}
	return ""
}

// lineOf is a row of the table.
func lineOf(a architecture, f fault, r *doctor.Report) string {
	number := func(x float64) string {
		if math.IsNaN(x) {
			return ""
		}
		return fmt.Sprintf("%.2f", x)
	}
	verdict, after := string(r.Cause), ""
	if len(r.Findings) > 0 && r.Cause != doctor.NoSignal {
		after = number(r.ExplainedAfter())
		if !r.Findings[0].Verified {
			verdict += ", not cured"
		}
	}
	if !slices.Contains(f.want, r.Cause) {
		verdict += " (wrong)"
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s |\n", a.name, f.name, verdict, number(r.ExplainedBefore()), after)
}

var measured = regexp.MustCompile(`\| -?[0-9.]* (\||$)`)

// withoutNumbers is the table without what another machine's rounding changes.
func withoutNumbers(table string) string {
	return measured.ReplaceAllString(measured.ReplaceAllString(table, "| $1"), "| $1")
}
