package logs

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/curve"
)

var (
	escapes  = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")
	commas   = regexp.MustCompile(`(\d),(\d)`)
	listed   = regexp.MustCompile(`\d,\d+,\d|[\[(]`)
	lettered = regexp.MustCompile(`\pL{3}|\p{Han}{2}`)
	numbered = regexp.MustCompile(`第\s*(\d+)\s*(?:轮次?|輪|个?周期|エポック|期|代)`) // the words around the number
)

// readText reads lines as they stand in a terminal: numbers behind names, or numbers alone. Of a line that a progress bar wrote
// again and again, the last state counts.
func readText(text []byte) (*table, error) {
	r := lineReader{epoch: -1, called: map[string]calling{}, axes: map[string]string{}}
	if err := r.read(text); err != nil {
		return nil, err
	}
	if r.decimal && r.unsure { // which commas were was only known further on
		r = lineReader{epoch: -1, called: r.called, axes: r.axes, decimal: true}
		if err := r.read(text); err != nil {
			return nil, err
		}
	}
	if r.named.rows > 0 && !r.named.passing() {
		return &r.named, nil
	}
	return r.numbersAlone(text)
}

// lineReader reads lines one after the other.
type lineReader struct {
	named  table
	epoch  float64 // of the last line that told one; below 0: none did
	commas bool    // one of the lines of numbers alone has a comma
	// decimal: a comma was a decimal one and nothing else; unsure: one may have parted thousands and was taken for that.
	decimal, unsure bool

	called map[string]calling
	axes   map[string]string // what words count
	said   []said
	bare   []float64
	names  []string
	values []float64
}

// calling is what becomes of the words ahead of a number.
type calling struct {
	name   string // empty: it is no quantity
	spoken bool   // said without a colon it is one all the same
	beside bool   // and beside a count of epochs or steps
}

// linesOf gives each line as it stood at last.
func linesOf(text []byte, each func(line string) error) error {
	in := bufio.NewScanner(bytes.NewReader(text))
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		line := in.Text()
		if strings.IndexByte(line, 0x1b) >= 0 {
			line = escapes.ReplaceAllString(line, "")
		}
		if err := each(lastState(line)); err != nil {
			return err
		}
	}
	return in.Err()
}

func (r *lineReader) read(text []byte) error {
	return linesOf(text, func(line string) error {
		if bare, _ := bareNumbers(line, r.bare); bare != nil {
			r.bare, r.commas = bare, r.commas || strings.Contains(line, ",")
			return nil
		}
		return r.add(line)
	})
}

// add adds the numbers of a line that has more than those.
func (r *lineReader) add(line string) error {
	told, rest := orderIn(plain(line))
	line = withPoints(rest)
	epoch, step := counted(line, r.axis)
	if told < 0 {
		told = epoch
	}
	if told >= 0 {
		r.epoch = told
	}
	r.names, r.values, r.said = r.names[:0], r.values[:0], saidIn(line, !r.decimal && between(line, '.'), r.said)
	for _, one := range r.said {
		as := r.calling(one.name)
		if as.name == "" || one.spoken && !as.spoken && !(as.beside && (step >= 0 || told >= 0)) {
			continue
		}
		r.decimal = r.decimal || one.decimal
		r.unsure = r.unsure || one.comma && !one.decimal
		r.names, r.values = append(r.names, as.name), append(r.values, one.value)
	}
	if len(r.names) == 0 {
		return nil
	}
	if step >= 0 {
		r.names, r.values = append(r.names, "step"), append(r.values, step)
	}
	if r.epoch >= 0 {
		r.names, r.values = append(r.names, "epoch"), append(r.values, r.epoch)
	}
	return r.named.add(r.names, r.values)
}

// orderIn is the number in "第3轮", and the line without it; below 0: there is none.
func orderIn(line string) (told float64, rest string) {
	if !strings.Contains(line, "第") {
		return -1, line
	}
	m := numbered.FindStringSubmatchIndex(line)
	if m == nil {
		return -1, line
	}
	v, _ := number(line[m[2]:m[3]])
	return v, line[:m[0]] + " " + line[m[1]:]
}

// axis is what a word of a line counts; empty: nothing.
func (r *lineReader) axis(word string) string {
	axis, known := r.axes[word]
	if !known && len(word) <= 40 {
		if low := strings.ToLower(word); !neverSaid[low] {
			axis = axisOf(low)
		}
		if len(r.axes) == mostNames { // of prose
			clear(r.axes)
		}
		r.axes[strings.Clone(word)] = axis
	}
	return axis
}

// neverSaid are names of columns that are words of their own in lines.
var neverSaid = map[string]bool{"it": true, "ep": true, "_step": true, "batch_idx": true, "iterations": true}

// spokenOf are the ends of words behind which a number may stand without a colon.
var spokenOf = []string{"loss", "acc", "accuracy", "mse", "mae", "rmse", "perplexity", "lr"}

// calling is a name such as train_loss for "Train Loss".
func (r *lineReader) calling(words string) calling {
	as, known := r.called[words]
	if !known {
		as = callingOf(words)
		if len(r.called) == mostNames { // of prose
			clear(r.called)
		}
		r.called[strings.Clone(words)] = as
	}
	return as
}

func callingOf(text string) (as calling) {
	words := strings.Fields(strings.ToLower(text))
	for len(words) > 1 && (axisOf(words[0]) != "" || words[0] == "s" || words[0] == "ms" || words[0] == "eta") {
		words = words[1:]
	}
	for i, word := range words { // "Val. Loss", "d'entraînement"
		if article, noun, elided := strings.Cut(strings.ReplaceAll(word, "’", "'"), "'"); elided && len(article) == 1 {
			word = noun
		}
		words[i] = strings.Trim(word, "-_./")
	}
	as.name = strings.Trim(strings.Join(words, "_"), "_")
	if as.name == "" || axisOf(as.name) != "" || as.name == "eta" {
		return calling{}
	}
	last := words[len(words)-1]
	as.name, as.beside = excerpt.Of(as.name, 100), curve.IsLoss(last)
	as.spoken = slices.ContainsFunc(spokenOf, func(end string) bool { return strings.HasSuffix(last, end) })
	return as
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

// numbersAlone reads the lines that have nothing but numbers.
func (r *lineReader) numbersAlone(text []byte) (*table, error) {
	var all table
	if !r.commas {
		return &all, linesOf(text, func(line string) error {
			bare, whole := bareNumbers(line, r.bare)
			if bare == nil {
				return nil
			}
			r.bare = bare
			return all.addNumbers(bare, whole)
		})
	}
	var lines []string
	err := linesOf(text, func(line string) error {
		if bare, _ := bareNumbers(line, r.bare); bare != nil {
			lines = append(lines, line)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if lines, err = pointed(lines); err != nil {
		return nil, err
	}
	for _, line := range lines {
		if bare, whole := bareNumbers(line, r.bare); bare != nil {
			if err := all.addNumbers(bare, whole); err != nil {
				return nil, err
			}
		}
	}
	return &all, nil
}

// withPoints gives a line of names and numbers with decimal commas points for them. One that has a point already, or several numbers
// between which commas may stand, is left as it is.
func withPoints(line string) string {
	if !between(line, ',') || between(line, '.') || listed.MatchString(line) || !lettered.MatchString(line) {
		return line
	}
	return commas.ReplaceAllString(line, "$1.$2")
}

// between reports whether the sign stands between two digits.
func between(line string, sign byte) bool {
	for i := 1; i+1 < len(line); i++ {
		if line[i] == sign && isDigitAt(line, i-1) && isDigitAt(line, i+1) {
			return true
		}
	}
	return false
}

// plain has a line's signs as programs in English print them, where another language has its own.
func plain(line string) string {
	for i := range len(line) {
		if line[i] >= utf8.RuneSelf {
			return ownSigns.Replace(line)
		}
	}
	return line
}

var ownSigns = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u3000", " ", "\uff1a", ":", "\uff1d", "=", "\uff0c", ", ", "\u3001", ", ", "\uff1b", "; ", "\u2212", "-", "\uff08", "(", "\uff09", ")")

// lastState is what is left of a line in which carriage returns and backspaces went back.
func lastState(line string) string {
	if !strings.ContainsAny(line, "\r\b") {
		return line
	}
	parts := strings.FieldsFunc(line, func(r rune) bool { return r == '\r' || r == '\b' })
	for i := len(parts) - 1; i >= 0; i-- {
		if strings.TrimSpace(parts[i]) != "" {
			return parts[i]
		}
	}
	return ""
}

// addNumbers adds a line that has nothing but numbers: one is the loss, two that count up are a place and the loss, more are
// losses one after the other. whole: the first is a whole number, and written as one.
func (t *table) addNumbers(values []float64, whole bool) error {
	if len(values) == 2 && whole {
		return t.add(lossOfStep, values)
	}
	for i := range values {
		if err := t.add(lossAlone, values[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

var lossAlone, lossOfStep = []string{"loss"}, []string{"step", "loss"}
