package table

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
)

// input makes an input of its columns.
func (m *maker) input(in Input, parts []part) (dataset.Array, error) {
	if in.Encode != nil {
		return m.encode(in, parts)
	}
	width := 0
	for _, p := range parts {
		if err := m.fits32(&m.columns[p.at]); err != nil {
			return dataset.Array{}, err
		}
		width += m.columns[p.at].width(p.form)
	}
	if width == 0 {
		return dataset.Array{}, fmt.Errorf("no column is left as an input: %s are targets or left out", m.table.list())
	}
	if len(m.rows) > maxCells/width {
		return dataset.Array{}, fmt.Errorf("%d rows of %d numbers: %w", len(m.rows), width, dataset.ErrTooLarge)
	}
	a := dataset.Array{Shape: []int{len(m.rows), width}, Values: make([]float32, len(m.rows)*width)}
	for i, row := range m.rows {
		to := a.Row(i)
		for _, p := range parts {
			c := &m.columns[p.at]
			w := c.width(p.form)
			c.put(p.form, row, p.fill, to[:w])
			to = to[w:]
		}
	}
	a.Shape = append(a.Shape[:1], shaped(in.Shape, width)...)
	if len(a.Shape) > 2 {
		m.assume("shape of a row", strings.Trim(strings.ReplaceAll(fmt.Sprint(a.Shape[1:]), " ", " × "), "[]"), fmt.Sprintf("the model takes it so, and the %d columns in their order fill it", width), "")
	}
	return a, nil
}

// shaped is the shape of a row that so many numbers fill; [width] where the model's doesn't.
func shaped(shape []int, width int) []int {
	n, open := 1, -1
	for axis, d := range shape {
		if d < 0 {
			if open >= 0 {
				return []int{width}
			}
			open = axis
			continue
		}
		n *= d
	}
	if len(shape) < 2 || n == 0 || open < 0 && n != width || open >= 0 && width%n != 0 {
		return []int{width}
	}
	shape = slices.Clone(shape)
	if open >= 0 {
		shape[open] = width / n
	}
	return shape
}

// encode makes an input of columns of texts.
func (m *maker) encode(in Input, parts []part) (dataset.Array, error) {
	texts := func(parts []part) dataset.Texts {
		all := dataset.Texts{Shape: []int{len(m.rows), len(parts)}, Values: make([]string, 0, len(m.rows)*len(parts))}
		for _, row := range m.rows {
			for _, p := range parts {
				all.Values = append(all.Values, m.table.Cell(row, p.at))
			}
		}
		return all
	}
	if len(in.Arrays) <= 1 {
		return in.Encode([]dataset.Texts{texts(parts)})
	}
	all := make([]dataset.Texts, len(parts))
	for i := range parts {
		all[i] = texts(parts[i : i+1])
	}
	return in.Encode(all)
}

// textNames are the names that columns of texts have, in small letters.
var textNames = []string{"text", "texts", "review", "message", "comment", "sentence", "content", "tweet", "title", "body", "description", "document", "question", "headline", "email", "x", "sms"}

// textColumns are the columns of an input of texts that names none: all that are free, or, where it takes one text, that with the most
// words.
func (m *maker) textColumns(in Input, free []int) []int {
	if !in.Strings || !in.OneText || len(free) < 2 {
		return free
	}
	best, most := free[0], -1.0
	for _, at := range free {
		words := 0
		rows := min(m.table.Rows(), 1000)
		for row := range rows {
			words += len(strings.Fields(m.table.Cell(row, at)))
		}
		points := float64(words) / float64(rows)
		if slices.Contains(textNames, strings.ToLower(m.table.Names[at])) {
			points += 3
		}
		if points > most {
			best, most = at, points
		}
	}
	m.assume("text", m.table.called(best), "the model takes one text a row, and this column has the most words", "--drop leaves it out")
	return []int{best}
}

// tellUnused notes columns that no input is made of.
func (m *maker) tellUnused(free []int) {
	if len(free) > 0 {
		m.assume("columns "+listed(m.table.namesOf(free)), "left out", "no input of the model is made of them", "")
	}
}

// findTwins finds texts that say the target in other words: each of its classes always goes with one of theirs.
func (m *maker) findTwins(free []int) {
	if len(m.targets) != 1 {
		return
	}
	classes, of := m.columns[m.targets[0]].classes()
	if len(classes) < 2 || len(classes) > mostLevels {
		return
	}
	for _, at := range free {
		c := &m.columns[at]
		levels, its := c.classes()
		texts := c.codes != nil || c.kind == isBoolean
		if len(levels) != len(classes) || c.missing > 0 || !texts && (len(levels) < 3 || c.kind != isNumber) {
			continue
		}
		to, twins := map[float64]float64{}, true
		for _, row := range m.rows {
			with, seen := to[of[row]]
			twins = twins && (!seen || with == its[row])
			to[of[row]] = its[row]
		}
		back := map[float64]bool{}
		for _, v := range to {
			back[v] = true
		}
		if twins && len(back) == len(to) && len(to) == len(classes) {
			c.kind, c.why = isTwin, fmt.Sprintf("it says %q in other words", short(m.columns[m.targets[0]].name))
		}
	}
}
