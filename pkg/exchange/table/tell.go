package table

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/unstuck/pkg/dataset"
)

// handleMissing fills what is missing among the inputs, leaves such rows out, or lets it be, as the options say.
func (m *maker) handleMissing(parts [][]part) error {
	var in []string
	cells := 0
	without := map[int]bool{}
	for i := range parts {
		for k := range parts[i] {
			p := &parts[i][k]
			c := &m.columns[p.at]
			if p.form == leftOut || m.need.inputs()[i].Encode != nil {
				continue
			}
			n := 0
			for _, row := range m.rows {
				if c.isMissing(row) {
					n++
					without[row] = true
				}
			}
			if n == 0 {
				continue
			}
			cells += n
			in = append(in, c.name)
			if p.fill = c.usual(); m.options.Missing == KeepMissing {
				p.fill = nan
			}
		}
	}
	if cells == 0 {
		return nil
	}
	where := fmt.Sprintf("%s of %s, in %s", counted(cells, "cell"), counted(len(without), "row"), listed(in[:min(3, len(in))]))
	if len(in) > 3 {
		where += fmt.Sprintf(" and %d more columns", len(in)-3)
	}
	switch m.options.Missing {
	case DropMissing:
		m.rows = slices.DeleteFunc(m.rows, func(row int) bool { return without[row] })
		m.assume("missing values", counted(len(without), "row")+" left out", where, "--missing fill keeps them")
		if len(m.rows) == 0 {
			return fmt.Errorf("every row has a missing value among its inputs (%s): %w; --missing fill keeps them", where, dataset.ErrNoRows)
		}
	case KeepMissing:
		m.assume("missing values", "NaN", where, "--missing fill puts each column's median")
	default:
		m.assume("missing values", "filled with each column's median or most frequent text", where, "--missing keep leaves them NaN, --missing drop leaves the rows out")
	}
	return nil
}

// counted is "1 row" or "2 rows".
func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// told is what an assumption says of columns, all but which.
type told struct{ value, why, flag string }

// tellColumns notes what became of the columns of which more is to be said than that they are numbers, those alike together.
func (m *maker) tellColumns(parts [][]part) {
	var order []told
	columns := map[told][]string{}
	note := func(c *column, t told) {
		if columns[t] == nil {
			order = append(order, t)
		}
		columns[t] = append(columns[t], c.name)
	}
	for i := range parts {
		if m.need.inputs()[i].Encode != nil {
			continue
		}
		for _, p := range parts[i] {
			c := &m.columns[p.at]
			if t, is := c.tell(p.form); is {
				note(c, t)
			}
			if text := c.marks.text(); text != "" && p.form != leftOut {
				note(c, told{"without " + text, "the rest is a number", "--drop NAME leaves it out"})
			}
			if c.strays > 0 && p.form != leftOut {
				note(c, told{fmt.Sprintf("with %s that can't be read as a number, as if empty", counted(c.strays, "cell")), "the first is " + c.stray, "--categorical NAME makes it one-hot"})
			}
			if c.doubt != "" && p.form != leftOut {
				note(c, told{"one of two readings", "either is possible", c.doubt})
			}
		}
	}
	for _, t := range order {
		names := columns[t]
		setting := "column " + strconv.Quote(short(names[0]))
		if strings.HasPrefix(names[0], "column ") {
			setting = short(names[0])
		}
		if len(names) > 1 {
			setting = fmt.Sprintf("columns %s", listed(names[:min(4, len(names))]))
			if len(names) > 4 {
				setting += fmt.Sprintf(" and %d more", len(names)-4)
			}
		}
		name := short(names[0])
		if strings.ContainsAny(name, " \"'$;&|<>()#*?") {
			name = strconv.Quote(name) // for a shell
		}
		m.assume(setting, t.value, t.why, strings.ReplaceAll(t.flag, "NAME", name))
	}
}

// tell says what became of a column; false: nothing that needs to be said.
func (c *column) tell(f form) (told, bool) {
	usual := c.choices()[0].form == f
	why := c.why
	if !usual {
		why += ", and the model's width asks for it"
	}
	say := func(flag string) (told, bool) {
		return told{c.becomes(f), strings.TrimPrefix(why, ", and "), flag}, true
	}
	switch {
	case c.kind == isNumber, c.kind == isConstant && f == oneNumber && c.codes == nil, strings.HasPrefix(c.why, "--"):
		return told{}, false
	case c.kind == isNothing:
		return told{"left out", "it has no value", ""}, true
	case f == leftOut && c.kind == isText:
		return say("--categorical NAME makes it one-hot")
	case f == leftOut && c.values == nil && c.codes == nil:
		return say("--categorical NAME makes it one-hot")
	case f == leftOut:
		return say("--numeric NAME keeps it")
	case f == oneHot || f == oneHotButFirst:
		return say("--numeric NAME takes one number for it, --drop NAME leaves it out")
	case c.kind == isOrdered, c.kind == isClasses:
		return say("--categorical NAME makes it one-hot")
	}
	return say("--drop NAME leaves it out")
}
