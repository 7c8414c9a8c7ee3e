package report_test

import (
	"context"
	"fmt"
	"log"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
)

// Which of several trainings has which fault, and what to write instead; in a notebook the table is shown as one.
func ExampleCompared() {
	c, err := stuck()
	if err != nil {
		log.Fatal(err)
	}
	slow, err := doctor.Examine(context.Background(), c, doctor.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, row := range report.Compared("Two rates", report.Named{Name: "Adam, 1e-8", Report: slow}).Rows {
		fmt.Println(row[0], "-", row[1])
		fmt.Println(row[3])
	}
	// Output:
	// Adam, 1e-8 - learning-rate-too-low (proved by its treatment)
	// learning rate 0.003 instead of 1e-8: optimizer=keras.optimizers.Adam(learning_rate=0.003)
}

func TestCompared(t *testing.T) {
	rule := doctor.Rules()[0]
	finding := func(text, keras string, after float64) doctor.Finding {
		return doctor.Finding{Rule: rule, Cause: rule.Cause, Treatment: doctor.Treatment{Text: text, Keras: keras}, Before: math.NaN(), After: after}
	}
	t.Run("a row for each finding, and one for what has none", func(t *testing.T) {
		table := report.Compared("Three", report.Named{Name: "a", Report: &doctor.Report{Cause: doctor.Healthy, Before: &doctor.Outcome{Explained: 0.678}}},
			report.Named{Name: "b", Report: &doctor.Report{Cause: rule.Cause, Findings: []doctor.Finding{finding("mend it", "", 0.5), finding("and this", "", math.NaN())}}})
		require.Equal(t, []any{"a", "healthy", "", "", "0.678"}, table.Rows[0])
		require.Len(t, table.Rows, 3)
		require.Equal(t, "NaN → 0.5", table.Rows[1][4])
		require.Equal(t, "NaN", table.Rows[2][4], "it wasn't tried")
		for _, row := range table.Rows {
			require.Len(t, row, len(table.Columns))
		}
	})
	t.Run("code on one line, without comments", func(t *testing.T) {
		for keras, want := range map[string]string{
			"":                                 "mend it",
			"# without a\n# without b":         "mend it",
			"epochs=20  # instead of epochs=2": "mend it: epochs=20",
			"order = 1\nx = x[order]  # mixed": "mend it: order = 1; x = x[order]",
			`x = y["#"]  # a comment`:          `mend it: x = y["#"]`,
		} {
			table := report.Compared("", report.Named{Report: &doctor.Report{Findings: []doctor.Finding{finding("mend it", keras, 1)}}})
			require.Equal(t, want, table.Rows[0][3])
			require.False(t, strings.Contains(fmt.Sprint(table.Rows[0][3]), "\n"))
		}
	})
}
