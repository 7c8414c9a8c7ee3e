package loop

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/internal/exponent"
	"example.com/unstuck/pkg/training"
)

// Text is the report in plain text.
func (r *Report) Text() string { return r.text("") }

// Terminal is Text with a line beneath the table of steps that says what its columns are.
func (r *Report) Terminal() string { return r.text(Legend) }

// Legend says what the table of steps has, see [Columns].
const Legend = "replayed: the claimed loss of the recorded outputs. gradient (its length), cosine, update: recorded by replayed, 1 where they agree. –: not known"

// ofSeveral says under the table why gradients differ from the replayed ones where several batches go into a step.
const ofSeveral = "Several batches go into a step here: the gradient that it sees is of all of them, the replayed one of its own batch alone, so the two needn't agree."

// Beneath are the sentences under the table of steps that are true of this report alone.
func (r *Report) Beneath() []string {
	if r.gathers && len(r.Steps) > 0 {
		return []string{ofSeveral}
	}
	return nil
}

func (r *Report) text(legend string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", r.Cause, r.Meaning)
	for i, f := range r.Findings {
		fmt.Fprintf(&b, "\n%d. %s\n   %s\n", i+1, f.Cause, f.Evidence)
		if f.Line != nil && f.Line.File != "" {
			fmt.Fprintf(&b, "   %s:%d: %s\n", f.Line.File, f.Line.Line, f.Line.Text)
			for _, other := range f.Others {
				fmt.Fprintf(&b, "   or %s:%d: %s\n", other.File, other.Line, other.Text)
			}
		}
		changes := r.Changes(f)
		for _, change := range changes {
			head := "     "
			if len(changes) > 1 {
				head += map[training.Language]string{training.PyTorch: "Torch: ", training.Keras: "Keras: "}[change.Language]
			}
			fmt.Fprintf(&b, "%s%s\n", head, strings.ReplaceAll(change.Text, "\n", "\n"+strings.Repeat(" ", len(head))))
		}
	}
	if p := r.Proof; p != nil {
		b.WriteString("\n" + p.Text() + "\n")
	}
	b.WriteString("\n" + table(r.Steps))
	if legend != "" && len(r.Steps) > 0 {
		b.WriteString(legend + "\n")
	}
	for _, sentence := range r.Beneath() {
		b.WriteString(sentence + "\n")
	}
	for _, list := range r.Lists() {
		fmt.Fprintf(&b, "\n%s:\n", list.Name)
		for _, l := range list.Lines {
			fmt.Fprintf(&b, "  - %s\n", l)
		}
	}
	return b.String()
}

// Changes are a finding's, in the report's languages.
func (r *Report) Changes(f Finding) []Change {
	languages := r.Languages
	if len(languages) == 0 && r.own != "" {
		languages = []training.Language{r.own}
	}
	var changes []Change
	for _, c := range []Change{{training.PyTorch, f.Torch}, {training.Keras, f.Keras}} {
		if c.Text != "" && (languages == nil || slices.Contains(languages, c.Language)) {
			changes = append(changes, c)
		}
	}
	return changes
}

// Change is what mends a loop, in a language.
type Change struct {
	Language training.Language
	Text     string
}

// List is a list of sentences with its name.
type List struct {
	Name  string
	Lines []string
}

// Lists are the remarks and what wasn't checked, where there are any.
func (r *Report) Lists() []List {
	unusual := "Unusual"
	if r.Cause == Correct {
		unusual = "Unusual, and no fault"
	}
	return slices.DeleteFunc([]List{{unusual, r.Remarks}, {"Not checked", r.Unchecked}}, func(l List) bool { return len(l.Lines) == 0 })
}

// Proves reports whether the correct step brought the loss lower in as many steps as the recorded training did, goes on below the start,
// and gets there by another way: on rows with
// other rows' targets each recorded step is the correct one, and that more of them memorize the rows proves nothing.
func (p *Proof) Proves() bool {
	other := !slices.EqualFunc(p.Recorded, p.Correct, func(a, b Number) bool { return near(float64(a), float64(b), 1e-3) })
	return other && p.LaterEnd < p.Start && p.CorrectEnd < p.RecordedEnd
}

// Text says what the correct step did to the loss, and whether that is a proof.
func (p *Proof) Text() string {
	if !p.Proves() {
		return "No proof: " + p.Sentence()
	}
	return "Proof: " + p.Sentence()
}

// Sentence says what the correct step did to the loss.
func (p *Proof) Sentence() string {
	rows, batches := "all recorded rows", "on the same batches"
	if p.paired {
		rows, batches = "all recorded rows, each with the target that belongs to it,", "on the same inputs with those targets"
	}
	if p.without != "" {
		rows += ", of what goes into the " + p.without + ","
	}
	return fmt.Sprintf("The claimed loss of "+rows+" was %s at the start and %s after the recorded steps. The step that loss and optimizer give, "+batches+" and through the recorded model, brings it to %s in as many steps; repeated over those batches, %d passes in all, it brings it to %s.",
		cell(p.Start), cell(p.RecordedEnd), cell(p.CorrectEnd), Passes, cell(p.LaterEnd))
}

// Columns are those of the table of steps. Gradient and update are by the replayed ones: 1 where they agree.
var Columns = []string{"step", "loss", "replayed", "gradient", "cosine", "update", "rate"}

// Cells are a step's, in the order of [Columns]; a dash stands for what isn't known.
func (r Row) Cells() []string {
	return []string{fmt.Sprint(r.Step), cell(r.Loss), cell(r.Replayed), cell(r.GradientRatio), cell(r.GradientCosine), cell(r.UpdateRatio), cell(r.Rate)}
}

// table is the steps, one a line.
func table(rows []Row) string {
	var b strings.Builder
	line := func(c []string) {
		fmt.Fprintf(&b, "%5s %12s %12s %10s %8s %8s %10s\n", c[0], c[1], c[2], c[3], c[4], c[5], c[6])
	}
	line(Columns)
	for _, r := range rows {
		line(r.Cells())
	}
	return b.String()
}

func cell(n Number) string {
	if math.IsNaN(float64(n)) {
		return "–"
	}
	return exponent.Short(fmt.Sprintf("%.4g", float64(n)))
}
