package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"

	"example.com/unstuck/docs/causes"
	"example.com/unstuck/pkg/doctor/report"
)

func newExplainCommand() *cobra.Command {
	var on screen
	var asJSON bool
	command := &cobra.Command{
		Use:   "explain [CAUSE]",
		Short: "Explain what a cause looks like, why it happens and what cures it",
		Long: `Prints the page of a cause that diagnose names: what it looks like, why it happens, how the doctor tells, the cure in Keras
and in Go, and how to check by hand. Without a name it lists the causes.`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: cobra.FixedCompletions(causes.IDs(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := on.check(); err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			if len(args) == 0 {
				if asJSON {
					return writeJSON(out, "causes", listOfCauses())
				}
				return listCauses(out, on.on(out).Width)
			}
			page, err := explanationOf(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(out, "cause", page)
			}
			_, err = io.WriteString(out, report.Page(page.Page, on.on(out)))
			return err
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print the page, in Markdown, or the list as JSON, errors too (docs/json.md)")
	on.widthFlag(command)
	return command
}

// explanation is a cause with its page.
type explanation struct {
	Cause   string `json:"cause"`
	Meaning string `json:"meaning"`
	Page    string `json:"page,omitempty"` // in Markdown, without pictures
}

// explanationOf is the page of a cause; the error of an unknown one names the nearest.
func explanationOf(id string) (explanation, error) {
	page, found := causes.Page(id)
	if !found {
		ids := causes.IDs()
		if near := nearest(id, ids); near != "" {
			return explanation{}, fmt.Errorf("there is no cause %q; did you mean %s? \"unstuck explain\" lists them all", id, near)
		}
		return explanation{}, fmt.Errorf("there is no cause %q, nor one of a similar name; there are %s", id, strings.Join(ids, ", "))
	}
	return explanation{Cause: id, Meaning: causes.Meaning(id), Page: strings.TrimSpace(withoutPictures(page)) + "\n"}, nil
}

// nearest is the name that takes the fewest changes of letters; one that has it in itself comes first. Empty where more than half of
// the letters would have to be changed: what isn't like anything is no misspelling.
func nearest(name string, names []string) string {
	best, fewest := "", 0
	for _, n := range names {
		changes := levenshtein.ComputeDistance(strings.ToLower(name), n)
		if name != "" && strings.Contains(n, strings.ToLower(name)) {
			changes = 0
		}
		if best == "" || changes < fewest {
			best, fewest = n, changes
		}
	}
	if 2*fewest > len(best) {
		return ""
	}
	return best
}

type explanations struct {
	Causes []explanation `json:"causes"`
}

func listOfCauses() (all explanations) {
	for _, id := range causes.IDs() {
		all.Causes = append(all.Causes, explanation{Cause: id, Meaning: causes.Meaning(id)})
	}
	return all
}

func listCauses(w io.Writer, width int) error {
	for _, c := range listOfCauses().Causes {
		if _, err := fmt.Fprintf(w, "%s\n%s\n", c.Cause, report.Wrapped("    "+c.Meaning, width)); err != nil {
			return err
		}
	}
	return nil
}

var (
	pictures = regexp.MustCompile(`(?m)^!\[[^\]]*\]\([^)]*\)\n?`)
	marks    = regexp.MustCompile(`(?m)^<!--.*?-->\n?`)
)

// withoutPictures is a page as text alone can show it, without the marks of what is measured anew.
func withoutPictures(page string) string {
	return marks.ReplaceAllString(pictures.ReplaceAllString(page, ""), "")
}
