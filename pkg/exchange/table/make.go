package table

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// Made is what a table became.
type Made struct {
	Data    dataset.Data          // with the names of features and targets
	Assumed []training.Assumption // what was found out of the file and the columns, the target first; empty: nothing
	Rows    []int                 // of the table, which each row of the data comes from
}

// Make makes the data that a model needs. Errors name the columns, what each would become, and the flags that change it.
func (t *Table) Make(need Need, o Options) (Made, error) {
	if err := o.check(); err != nil {
		return Made{}, err
	}
	m := &maker{table: t, need: need, options: o, assumed: slices.Clone(t.Assumed)}
	d, err := m.make()
	for i := range m.assumed {
		m.assumed[i].OfData = true
	}
	return Made{d, m.assumed, m.rows}, err
}

// maker makes data of a table, step by step.
type maker struct {
	table   *Table
	need    Need
	options Options
	assumed []training.Assumption

	columns []column // all of the table's
	dropped []int
	targets []int
	rows    []int // that are taken
}

func (m *maker) assume(setting, value, why, flag string) {
	m.assumed = append(m.assumed, training.Assumption{Setting: setting, Value: value, Why: why, Flag: flag})
}

func (m *maker) make() (dataset.Data, error) {
	var none dataset.Data
	if err := m.findColumns(); err != nil {
		return none, err
	}
	inputs := m.need.inputs()
	taken := slices.Clone(m.dropped)
	for _, in := range inputs {
		if in.Encode != nil || len(inputs) > 1 {
			taken = append(taken, m.table.columnsOf(in)...)
		}
	}
	found, err := m.table.targets(m.columns, m.need, m.options, taken)
	if err != nil {
		return none, err
	}
	if m.targets = found.columns; found.assumed != nil {
		m.assumed = append([]training.Assumption{*found.assumed}, m.assumed...)
	}
	if err := m.takeTargets(taken); err != nil {
		return none, err
	}
	ys, targetNames, err := m.outputs()
	if err != nil {
		return none, err
	}
	parts, err := m.parts(inputs)
	if err != nil {
		return none, err
	}
	if err := m.handleMissing(parts); err != nil {
		return none, err
	}
	if m.options.Missing == DropMissing { // fewer rows
		if ys, targetNames, err = m.outputs(); err != nil {
			return none, err
		}
	}
	xs := make([]dataset.Array, len(inputs))
	for i, in := range inputs {
		if xs[i], err = m.input(in, parts[i]); err != nil {
			return none, err
		}
	}
	m.tellStandIns(parts)
	m.tellColumns(parts)
	d := dataset.Of(xs, ys)
	if len(ys) == 1 {
		d.Targets = targetNames
	}
	if len(inputs) == 1 && inputs[0].Encode == nil && len(d.X.Shape) == 2 {
		for _, p := range parts[0] {
			d.Features = append(d.Features, m.columns[p.at].names(p.form)...)
		}
	}
	return d, d.ValidateShapes()
}

// findColumns finds out what each column holds.
func (m *maker) findColumns() error {
	t, o := m.table, m.options
	scaled := make([]string, len(o.Ordered))
	for i, given := range o.Ordered {
		scaled[i], _, _ = scaleOf(given) // checked before
	}
	if _, err := t.findAll(slices.Concat(o.Categorical, o.Numeric, scaled)); err != nil {
		return err
	}
	var err error
	if m.dropped, err = t.findAll(o.Drop); err != nil {
		return err
	}
	decimal, commas := t.decimalOf(), false
	m.columns = make([]column, len(t.Names))
	for at := range m.columns {
		m.columns[at] = column{at: at, name: t.Names[at], kind: isNothing}
		if !slices.Contains(m.dropped, at) {
			m.columns[at] = t.column(at, decimal, o)
		}
		commas = commas || m.columns[at].decimal == ','
	}
	if commas && t.decimal == 0 {
		m.assume("decimal mark", "a comma", "numbers have one that isn't read as a thousands separator", "--decimal . reads points")
	}
	return nil
}

// takeTargets refuses targets that are taken otherwise, and leaves out the rows without one.
func (m *maker) takeTargets(taken []int) error {
	t := m.table
	for _, at := range m.targets {
		if slices.Contains(taken, at) {
			return fmt.Errorf("the column %q is a target and left out, or an input: name another target", short(t.Names[at]))
		}
		c := &m.columns[at]
		if c.kind == isText || c.kind == isMixed && c.codes == nil || c.kind == isRowID && c.codes == nil && c.values == nil {
			*c = column{at: at, name: t.Names[at]}
			t.asTexts(c, mostClasses)
		}
		if c.values == nil && c.codes == nil {
			return fmt.Errorf("the column %q can't be a target: %s", short(t.Names[at]), or(c.why, "it has no value"))
		}
	}
	for row := range t.Rows() {
		if !slices.ContainsFunc(m.targets, func(at int) bool { return m.columns[at].isMissing(row) }) {
			m.rows = append(m.rows, row)
		}
	}
	if left := t.Rows() - len(m.rows); left > 0 {
		m.assume("rows without a target", fmt.Sprintf("%d of %d left out", left, t.Rows()), "there is nothing to learn from them", "")
	}
	if len(m.rows) == 0 {
		return fmt.Errorf("no row has a value in %s: %w", listed(t.namesOf(m.targets)), dataset.ErrNoRows)
	}
	return nil
}

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// outputs are the targets of each output, with the names of all of them.
func (m *maker) outputs() ([]dataset.Array, []string, error) {
	outputs := m.need.outputs()
	var ys []dataset.Array
	var names []string
	for i, at := range m.targets {
		c, out := &m.columns[at], outputs[min(i, len(outputs)-1)]
		if len(outputs) == 1 && len(m.targets) > 1 {
			out.Units = 1
		}
		if err := m.fits32(c); err != nil {
			return nil, nil, err
		}
		y, called, how := c.encoded(out, m.rows)
		if how != "" && !slices.ContainsFunc(m.assumed, func(a training.Assumption) bool { return a.Setting == "classes of "+strconv.Quote(c.name) }) {
			m.assume("classes of "+strconv.Quote(c.name), how, or(c.why, "the loss takes them so"), "write them as numbers for another order")
		}
		ys, names = append(ys, y), append(names, called...)
	}
	if len(outputs) > 1 {
		if len(ys) != len(outputs) {
			return nil, nil, fmt.Errorf("the model gives %d outputs, and --target names %d columns", len(outputs), len(ys))
		}
		return ys, names, nil
	}
	if len(ys) == 1 {
		return ys, names, nil
	}
	joined := dataset.Array{Shape: []int{len(m.rows), len(ys)}, Values: make([]float32, len(m.rows)*len(ys))}
	for k, y := range ys {
		for i, v := range y.Values {
			joined.Values[i*len(ys)+k] = v
		}
	}
	return []dataset.Array{joined}, names, nil
}

// fits32 refuses numbers that float32 can't hold.
func (m *maker) fits32(c *column) error {
	for row, v := range c.values {
		if math.Abs(v) > math.MaxFloat32 && !math.IsInf(v, 0) {
			return fmt.Errorf("%s, column %d (%q): %s doesn't fit float32, whose largest number is 3.4e38", m.table.where(row), c.at+1, short(c.name), short(m.table.Cell(row, c.at)))
		}
	}
	return nil
}

// part is a column of an input, with the form that it takes.
type part struct {
	at   int
	form form
	fill float64
}

// free are the columns that are neither targets nor dropped.
func (m *maker) free() []int {
	var all []int
	for at := range m.columns {
		if !slices.Contains(m.targets, at) && !slices.Contains(m.dropped, at) {
			all = append(all, at)
		}
	}
	return all
}

// parts are the columns of each input.
func (m *maker) parts(inputs []Input) ([][]part, error) {
	parts := make([][]part, len(inputs))
	free := m.free()
	use := func(i int, columns []int) {
		for _, at := range columns {
			parts[i] = append(parts[i], part{at: at, form: oneNumber})
			free = slices.DeleteFunc(free, func(f int) bool { return f == at })
		}
	}
	var open []int // inputs that name no column
	for i, in := range inputs {
		at := m.table.columnsOf(in)
		if at != nil && slices.ContainsFunc(at, func(c int) bool { return slices.Contains(m.targets, c) }) {
			return nil, fmt.Errorf("the columns %s are an input, and a target is among them: name another target", listed(m.table.namesOf(at)))
		}
		switch {
		case at != nil && (in.Encode != nil || len(inputs) > 1):
			use(i, at)
		case in.Encode != nil && len(in.Arrays) > 1:
			return nil, fmt.Errorf("the model takes the columns %s; there are %s", listed(in.Arrays), m.table.list())
		case in.Encode != nil:
			use(i, m.textColumns(in, free))
		default:
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		m.tellUnused(free)
		return parts, nil
	}
	return parts, m.share(inputs, open, free, parts)
}

// share divides the columns among the inputs that name none.
func (m *maker) share(inputs []Input, open, free []int, parts [][]part) error {
	for _, at := range free {
		if c := &m.columns[at]; c.kind == isMixed {
			return fmt.Errorf("column %d (%q): %s; mend it, or leave it out with --drop, or make its texts classes with --categorical", at+1, short(c.name), c.why)
		}
	}
	m.findTwins(free)
	columns := make([]column, len(free))
	for k, at := range free {
		columns[k] = m.columns[at]
	}
	width := 0
	for _, i := range open {
		n := inputs[i].width()
		if n == 0 && len(open) > 1 {
			return fmt.Errorf("the model takes %d inputs of open size, and no column is called as one: an .npz with an array for each says which is which", len(open))
		}
		width += n
	}
	chosen, found := forms(columns, width)
	if found && total(columns, chosen) == 0 {
		chosen, found = keptRowID(columns)
	}
	if !found {
		return m.noForms(inputs, open, columns, width)
	}
	i, room := 0, inputs[open[0]].width()
	for k, at := range free {
		w := columns[k].width(chosen[k])
		for w > 0 && width > 0 && room == 0 && i+1 < len(open) {
			i++
			room = inputs[open[i]].width()
		}
		if width > 0 && w > room && len(open) > 1 {
			return fmt.Errorf("the column %q becomes %d inputs, which are more than what is left of one of the model's inputs: an .npz with an array for each input says which is which", short(columns[k].name), w)
		}
		room -= w
		parts[open[i]] = append(parts[open[i]], part{at: at, form: chosen[k]})
	}
	if len(open) > 1 {
		m.assume("inputs", "the columns in their order", "none is called as an input of the model", "an .npz with an array for each says which is which")
	}
	return nil
}

// keptRowID keeps numbers that look like row numbers where nothing else would be left.
func keptRowID(columns []column) ([]form, bool) {
	chosen := make([]form, len(columns))
	for k := range columns {
		if columns[k].kind == isRowID && columns[k].values != nil {
			chosen[k] = oneNumber
			return chosen, true
		}
	}
	return nil, false
}

// noForms says which columns there are, and what they would become, where no choice fits the model.
func (m *maker) noForms(inputs []Input, open []int, columns []column, width int) error {
	if len(columns) == 0 {
		return errors.New("no column is left as an input, all are targets or left out: is the --delimiter right?")
	}
	const most = 12
	var all []string
	for k := range columns {
		if k == most {
			all = append(all, fmt.Sprintf("and %d more", len(columns)-most))
			break
		}
		var can []string
		for _, x := range columns[k].choices() {
			can = append(can, columns[k].becomes(x.form))
		}
		all = append(all, fmt.Sprintf("%q %s", short(columns[k].name), strings.Join(can, " or ")))
	}
	usual, _ := forms(columns, 0)
	return fmt.Errorf("the model takes rows of shape %v, %d numbers, but the data has rows of shape [%d] beside the target %s: %s. Leave columns out with --drop, or say what they are with --categorical, --numeric, --ordered and --target",
		inputs[open[0]].Shape, width, total(columns, usual), listed(m.table.namesOf(m.targets)), strings.Join(all, "; "))
}
