package table

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
)

var nan = math.NaN()

// kind is what a column holds.
type kind int

const (
	isNumber   kind = iota
	isConstant      // one number
	isBoolean       // yes and no
	isDate
	isOrdered // texts that are steps of a scale
	isPair    // two texts
	isClasses // a few texts
	isRowID   // a number or a text that names the row
	isText    // more texts than classes would be
	isNothing // no value at all
	isTwin    // the target in other words
	isMixed   // mostly numbers, and too many cells that are none
)

// column is what was made out of a column.
type column struct {
	at      int
	name    string
	kind    kind
	values  []float64 // what has one number a row; NaN: missing
	levels  []string  // what has texts, in their order
	codes   []int32   // the place of each row's among the levels; −1: missing
	missing int       // rows without a value
	why     string    // what it was told by
	decimal byte      // the mark of numbers that have one; 0: none has
	marks   marks     // what was taken off of numbers
	strays  int       // cells that are no number among many that are
	stray   string    // the first of them, and where
	mixed   string    // which cell is no number, where most are
	doubt   string    // what else it could be, and the flag that says so
	from    time.Time // day 0 of dates
	clock   bool      // they are times of a day
}

// The most different texts that are classes of an input, and of a target.
const (
	mostLevels  = 50
	mostClasses = 1 << 12
)

// enoughNumbers is the share of a column's cells that must be numbers for the others to be mistakes.
const enoughNumbers = 0.9

// decimalOf finds out whether numbers have decimal commas: some cell has one that can be nothing else, and fewer have points.
func (t *Table) decimalOf() byte {
	if t.decimal != 0 {
		return t.decimal
	}
	points, commas := 0, 0
	for at := range t.Names {
		p, c := t.decimals(at)
		points, commas = points+p, commas+c
	}
	if commas > points || t.comma && points == 0 {
		return ','
	}
	return '.'
}

// decimals are how many of a column's first cells are numbers with a decimal point only, and with a comma only; none where the column
// isn't one of numbers.
func (t *Table) decimals(at int) (points, commas int) {
	cells, numbers, unit := 0, 0, t.unit(at)
	for row := range min(t.Rows(), 1000) {
		cell := without(t.Cell(row, at), unit)
		if isNone(cell) {
			continue
		}
		cells++
		_, _, point := parseNumber(cell, '.')
		_, _, comma := parseNumber(cell, ',')
		if point || comma {
			numbers++
		}
		if point && !comma {
			points++
		}
		if comma && !point {
			commas++
		}
	}
	if float64(numbers) < enoughNumbers*float64(cells) {
		return 0, 0
	}
	return points, commas
}

// column finds out what a column holds.
func (t *Table) column(at int, decimal byte, o Options) column {
	c := column{at: at, name: t.Names[at]}
	switch scale := o.scale(t, at); {
	case scale != nil:
		t.asTexts(&c, mostClasses)
		c.inOrder(scale, "--ordered")
	case o.names(t, o.Categorical, at):
		t.asTexts(&c, mostClasses)
		c.kind, c.why = isClasses, "--categorical"
	case t.asNumbers(&c, decimal), t.asBoolean(&c), t.asDates(&c, o.DayFirst):
	default:
		t.asTexts(&c, mostLevels)
		if few := len(c.levels) <= 10 && len(c.levels)*10 <= t.Rows(); c.mixed != "" && (c.kind == isText || !few) {
			c.kind, c.why = isMixed, c.mixed
		}
	}
	if o.names(t, o.Numeric, at) {
		c.toNumber()
	}
	return c
}

// names reports whether one of the names is that column's.
func (o Options) names(t *Table, names []string, column int) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		at, err := t.find(name)
		return err == nil && at == column
	})
}

// scale are the steps that --ordered gives a column; nil: none.
func (o Options) scale(t *Table, column int) []string {
	for _, given := range o.Ordered {
		if name, steps, err := scaleOf(given); err == nil && o.names(t, []string{name}, column) {
			return steps
		}
	}
	return nil
}

// asNumbers reads a column of numbers, and reports whether it is one.
func (t *Table) asNumbers(c *column, decimal byte) bool {
	points, commas := t.decimals(c.at)
	if points > 0 && commas == 0 {
		decimal = '.'
	} else if commas > 0 && points == 0 {
		decimal = ','
	}
	c.values = make([]float64, t.Rows())
	numbers, ambiguous, unit := 0, false, t.unit(c.at)
	for row := range c.values {
		cell := without(t.Cell(row, c.at), unit)
		v, m, ok := parseNumber(cell, decimal)
		switch {
		case ok:
			numbers++
			c.values[row], c.marks = v, c.marks.or(m)
			c.marks.unit = unit
			if c.decimal == 0 && v != math.Trunc(v) && strings.IndexByte(cell, decimal) >= 0 {
				c.decimal = decimal
			}
			ambiguous = ambiguous || m.thousands && points+commas == 0 && strings.ContainsAny(cell, ",.")
			continue
		case !isNone(cell):
			if c.strays++; c.strays == 1 {
				c.stray = fmt.Sprintf("%q in %s", short(cell), t.where(row))
			}
		}
		c.values[row] = nan
		c.missing++
	}
	if numbers == 0 && c.strays == 0 {
		c.kind = isNothing
		return true
	}
	if c.strays > 0 && (float64(numbers) < enoughNumbers*float64(numbers+c.strays) || numbers < 10) {
		mixed := ""
		if numbers >= c.strays {
			mixed = fmt.Sprintf("%s is not a number, as %d of its cells are, and %d are none", c.stray, numbers, c.strays)
		}
		*c = column{at: c.at, name: c.name, mixed: mixed}
		return false
	}
	if ambiguous && t.decimal == 0 {
		c.doubt = fmt.Sprintf("--decimal %c would make them fractions", map[byte]byte{'.': ',', ',': '.'}[decimal])
	}
	c.kind = isNumber
	switch low, high := c.bounds(); {
	case low == high && c.missing == 0:
		c.kind, c.why = isConstant, "each row has the same"
	case t.numbersRows(c, low, high):
		c.kind = isRowID
	}
	return true
}

func (c *column) bounds() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range c.values {
		if !math.IsNaN(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}

// The names that columns have which number or name the rows.
var rowNames = map[string]bool{"id": true, "index": true, "idx": true, "row": true, "row_id": true, "rowid": true, "rownum": true, "no": true, "no.": true, "nr": true, "number": true, "#": true, "uuid": true, "guid": true, "key": true, "": true, "unnamed: 0": true}

func namesRows(name string) bool {
	name = strings.ToLower(strings.TrimSpace(name))
	return rowNames[name] || strings.HasSuffix(name, "_id") || strings.HasSuffix(name, " id") || strings.HasSuffix(name, "-id") || strings.HasPrefix(name, "unnamed:") || strings.HasPrefix(name, "__index_level_") ||
		strings.HasPrefix(name, "id_") || rowSuffix(name)
}

// rowSuffix tells of names as "sample_no".
func rowSuffix(name string) bool {
	at := strings.LastIndexAny(name, "_ -.")
	return at > 0 && slices.Contains([]string{"no", "nr", "num", "number", "idx", "index", "key", "rowid", "uid"}, name[at+1:])
}

// camelID tells of names as "PassengerId" and "customerID".
func camelID(name string) bool {
	name = strings.TrimSpace(name)
	rest, is := strings.CutSuffix(name, "Id")
	if !is {
		rest, is = strings.CutSuffix(name, "ID")
	}
	return is && rest != "" && unicode.IsLower(rune(rest[len(rest)-1]))
}

// A first column without a telling name numbers the rows too where it rises from each row to the next, and rows were left out: at least so many
// rows, and not more than so many numbers for each.
const (
	fewestRising = 20
	mostLeftOut  = 3
)

// fewestRows that a sequence must have before it is taken for row numbers.
const fewestRows = 5

// numbersRows reports whether a column has whole numbers, each once, that are in a row, or whose name says that they name it.
func (t *Table) numbersRows(c *column, low, high float64) bool {
	rows := len(c.values)
	if c.missing > 0 || rows < fewestRows || low != math.Trunc(low) || math.IsInf(low, 0) || math.IsInf(high, 0) {
		return false
	}
	inRow, rising := true, c.at == 0 && rows >= fewestRising && high-low < mostLeftOut*float64(rows)
	for i, v := range c.values {
		if v != math.Trunc(v) {
			return false
		}
		inRow = inRow && (i == 0 || v == c.values[i-1]+1)
		rising = rising && (i == 0 || v > c.values[i-1])
	}
	named := namesRows(c.name) || camelID(c.name) || strings.HasPrefix(c.name, "column 1") && !t.named
	named = named || t.named && strings.HasPrefix(c.name, "column ")
	switch {
	case inRow:
		c.why = "it counts the rows"
		return true
	case rising:
		c.why = "it rises from row to row, and some numbers are left out"
		return true
	case !named && c.at > 0 || !named && high-low != float64(rows-1):
		return false
	}
	sorted := slices.Clone(c.values)
	slices.Sort(sorted)
	for i := 1; i < rows; i++ {
		if sorted[i] == sorted[i-1] {
			return false
		}
	}
	c.why = "each row has another whole number"
	return true
}

// asDates reads a column of dates, and reports whether it is one.
func (t *Table) asDates(c *column, dayFirst bool) bool {
	cells := make([]string, t.Rows())
	missing, n := 0, 0
	for row := range cells {
		cell := t.Cell(row, c.at)
		if isNone(cell) {
			missing++
			continue
		}
		if n++; n == 1 && len(datesOf(cell)) == 0 {
			return false
		}
		cells[row] = cell
	}
	days, from, form, ambiguous, ok := dates(cells, dayFirst)
	if !ok {
		return false
	}
	c.kind, c.values, c.missing, c.from, c.clock = isDate, days, missing, from, !strings.Contains(form.layout, "06")
	c.why = "each cell is a date"
	if c.clock {
		c.why = "each cell is a time of day"
	}
	if ambiguous && !dayFirst {
		c.doubt = "read as month/day/year, as no day is above 12; --day-first reads day/month/year"
	}
	return true
}
