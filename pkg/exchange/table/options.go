package table

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Options say of a table what else is found out. The zero value: all of it is.
type Options struct {
	// Targets are the target columns, in that order, by name or by number from 1 on.
	Targets []string
	// Drop are columns to leave out, Categorical ones to make one-hot, and Numeric ones to keep as one number each, though they look like
	// a row number or are classes; by name or number.
	Drop, Categorical, Numeric []string
	// Ordered are columns whose texts are steps of a scale, each "size=small<medium<large".
	Ordered []string
	// Delimiter separates cells: one character, or "tab" or "blank" (any number of blanks). Empty: found out.
	Delimiter string
	// Decimal is "." or ",". Empty: found out.
	Decimal string
	// Encoding is the name of a character encoding, "latin1" or "utf-16le". Empty: found out.
	Encoding string
	// Header is "yes" where the first row holds names, or "no". Empty: found out.
	Header string
	// Missing says what becomes of empty cells among the inputs: "fill" (the default) puts the column's median, or its most
	// frequent text; "drop" leaves the rows out; "keep" makes them NaN, as a model gets them from pandas.
	Missing string
	// MissingValues are cells that stand for missing values beside those that do anyway (empty ones, NA, ?, - and the like): "-999".
	MissingValues []string
	// Rows is how many rows are taken at most; where a table has more, they are drawn at random. 0: a million; below 0: all.
	Rows int
	// DayFirst reads 03/04/2024 as the third of April where no date of the column tells.
	DayFirst bool
}

// The values of [Options.Missing].
const (
	FillMissing = "fill"
	DropMissing = "drop"
	KeepMissing = "keep"
)

// check refuses what no table could be read with.
func (o Options) check() error {
	if _, err := o.delimiter(); err != nil {
		return err
	}
	switch {
	case !slices.Contains([]string{"", ".", ","}, o.Decimal):
		return fmt.Errorf("--decimal %q: must be . or ,", o.Decimal)
	case !slices.Contains([]string{"", "yes", "no"}, o.Header):
		return fmt.Errorf("--header %q: must be yes or no", o.Header)
	case !slices.Contains([]string{"", FillMissing, DropMissing, KeepMissing}, o.Missing):
		return fmt.Errorf("--missing %q: must be fill, drop or keep", o.Missing)
	}
	for _, scale := range o.Ordered {
		if _, _, err := scaleOf(scale); err != nil {
			return err
		}
	}
	return nil
}

// blanks stands for any number of blanks as the delimiter.
const blanks = ' '

func (o Options) delimiter() (rune, error) {
	switch o.Delimiter {
	case "":
		return 0, nil
	case "tab", `\t`:
		return '\t', nil
	case "blank", "space":
		return blanks, nil
	}
	if r := []rune(o.Delimiter); len(r) == 1 && !slices.Contains([]rune{'"', '\n', '\r', '\uFFFD', 0}, r[0]) {
		return r[0], nil
	}
	return 0, fmt.Errorf("--delimiter %q: must be one character, tab or blank", o.Delimiter)
}

// scaleOf takes "size=small<medium<large" apart.
func scaleOf(given string) (column string, steps []string, err error) {
	column, scale, found := strings.Cut(given, "=")
	for _, step := range strings.Split(scale, "<") {
		steps = append(steps, strings.TrimSpace(step))
	}
	if !found || len(steps) < 2 || slices.Contains(steps, "") {
		return "", nil, fmt.Errorf("--ordered %q: must be a column and its steps, as in size=small<medium<large", given)
	}
	return strings.TrimSpace(column), steps, nil
}

// find is the column of that name, or else number, counted from 1.
func (t *Table) find(name string) (int, error) {
	if at := slices.Index(t.Names, name); at >= 0 {
		return at, nil
	}
	if at := slices.IndexFunc(t.Names, func(n string) bool { return strings.EqualFold(n, strings.TrimSpace(name)) }); at >= 0 {
		return at, nil
	}
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(t.Names) {
		return n - 1, nil
	}
	return 0, fmt.Errorf("there is no column %q; there are %s", short(name), t.list())
}

// findAll are the columns of these names, all that aren't there named at once.
func (t *Table) findAll(names []string) ([]int, error) {
	var all []int
	var problems []error
	for _, name := range names {
		at, err := t.find(name)
		if err != nil {
			problems = append(problems, err)
		} else if !slices.Contains(all, at) {
			all = append(all, at)
		}
	}
	return all, errors.Join(problems...)
}
