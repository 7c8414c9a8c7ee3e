package logs

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"regexp"
	"strings"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/curve"
)

const numeral = `[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|NaN|inf|Inf|Infinity)\b%?`

var (
	escapes   = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")
	pairs     = regexp.MustCompile(`([A-Za-z][A-Za-z_/.\-]*(?: [A-Za-z][A-Za-z_/.\-]*){0,2})['"]?\s*[:=]\s*(?:tensor\(|np\.float64\()?['"]?(` + numeral + `)`)
	spoken    = regexp.MustCompile(`(?i)((?:[a-z_/]+ )?[a-z_/]*(?:loss|acc|accuracy|mse|mae|rmse|perplexity|lr))\s+(?:tensor\()?(` + numeral + `)`)
	epochMark = regexp.MustCompile(`(?i)\bepochs?\b\W{0,4}(\d+)`)
	stepMark  = regexp.MustCompile(`(?i)\b(?:global_step|step|steps|iter|iteration|batch)\b\W{0,4}(\d+)`)
	onlyOnes  = regexp.MustCompile(`^[\s,;|\[\]()]*` + numeral + `(?:[\s,;|\[\]()]+` + numeral + `)*[\s,;|\[\]()]*$`)
	numerals  = regexp.MustCompile(numeral)
	commas    = regexp.MustCompile(`(\d),(\d)`)
	hasPoint  = regexp.MustCompile(`\d\.\d`)
	listed    = regexp.MustCompile(`\d,\d+,\d|[\[(]`)
	lettered  = regexp.MustCompile(`[A-Za-z]{3}`)
)

// readText reads lines as they stand in a terminal: numbers behind names, or numbers alone. Of a line that a progress bar wrote
// again and again, the last state counts.
func readText(text []byte) (*table, error) {
	var named table
	var alone []string
	epoch := -1.0
	in := bufio.NewScanner(bytes.NewReader(text))
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		line := lastState(escapes.ReplaceAllString(in.Text(), ""))
		if onlyOnes.MatchString(line) {
			alone = append(alone, line)
			continue
		}
		line = withPoints(line)
		names, values := namedNumbers(line)
		if m := epochMark.FindStringSubmatch(line); m != nil {
			epoch, _ = number(m[1])
		}
		if len(names) == 0 {
			continue
		}
		if m := stepMark.FindStringSubmatch(line); m != nil {
			v, _ := number(m[1])
			names, values = append(names, "step"), append(values, v)
		}
		if epoch >= 0 {
			names, values = append(names, "epoch"), append(values, epoch)
		}
		if err := named.add(names, values); err != nil {
			return nil, err
		}
	}
	if err := in.Err(); err != nil {
		return nil, err
	}
	if named.rows > 0 && !named.passing() {
		return &named, nil
	}
	return numbersAlone(alone)
}

// passing reports whether each number stands in the text once, under a name that is no loss's and beside no count: "a recipe: 2 eggs". A
// log has its quantities again and again.
func (t *table) passing() bool {
	var all []curve.Series
	for name, c := range t.columns {
		if len(c.values) > 1 || axisOf(name) != "" {
			return false
		}
		all = append(all, curve.Series{Name: name, Values: c.values})
	}
	_, err := curve.Read(context.Background(), all)
	return errors.Is(err, curve.ErrNoLoss)
}

func numbersAlone(lines []string) (*table, error) {
	lines, err := pointed(lines)
	if err != nil {
		return nil, err
	}
	var bare table
	for _, line := range lines {
		if err := bare.addNumbers(numerals.FindAllString(line, -1)); err != nil {
			return nil, err
		}
	}
	return &bare, nil
}

// withPoints gives a line of names and numbers with decimal commas points for them. One that has a point already, or several numbers
// between which commas may stand, is left as it is.
func withPoints(line string) string {
	if hasPoint.MatchString(line) || listed.MatchString(line) || !lettered.MatchString(line) {
		return line
	}
	return commas.ReplaceAllString(line, "$1.$2")
}

// lastState is what is left of a line in which carriage returns and backspaces went back.
func lastState(line string) string {
	parts := strings.FieldsFunc(line, func(r rune) bool { return r == '\r' || r == '\b' })
	for i := len(parts) - 1; i >= 0; i-- {
		if strings.TrimSpace(parts[i]) != "" {
			return parts[i]
		}
	}
	return ""
}

// namedNumbers are "train loss: 0.5" as train_loss and 0.5, but for what counts epochs and steps.
func namedNumbers(line string) (names []string, values []float64) {
	found := pairs.FindAllStringSubmatch(line, -1)
	if found == nil {
		found = spoken.FindAllStringSubmatch(line, -1)
	}
	for _, m := range found {
		words := strings.Fields(strings.ToLower(m[1]))
		for len(words) > 1 && (axisOf(words[0]) != "" || words[0] == "s" || words[0] == "ms" || words[0] == "eta") {
			words = words[1:]
		}
		for i, word := range words { // "Val. Loss"
			words[i] = strings.Trim(word, "-_./")
		}
		name := strings.Trim(strings.Join(words, "_"), "_")
		v, is := number(m[2])
		if !is || name == "" || axisOf(name) != "" || name == "eta" {
			continue
		}
		names, values = append(names, excerpt.Of(name, 100)), append(values, v)
	}
	return names, values
}

// addNumbers adds a line that has nothing but numbers: one is the loss, two that count up are a place and the loss, more are
// losses one after the other.
func (t *table) addNumbers(texts []string) error {
	var values []float64
	for _, text := range texts {
		if v, is := number(text); is {
			values = append(values, v)
		}
	}
	if len(values) == 2 && values[0] == float64(int64(values[0])) && !strings.Contains(texts[0], ".") {
		return t.add([]string{"step", "loss"}, values)
	}
	for _, v := range values {
		if err := t.add([]string{"loss"}, []float64{v}); err != nil {
			return err
		}
	}
	return nil
}
