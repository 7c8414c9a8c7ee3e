package nn

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
)

// einsumPlan is an equation of one input and one kernel, worked out for an input's shape.
type einsumPlan struct {
	equation             string // without an ellipsis
	kernel, bias, output []int  // shapes; bias is nil where there is none
	in, out              int    // the kernel's fans
}

// planEinsum works out "ab,bc->ac", "...b,bc->...c" or "ab...,bc->ac...". partial is the output's shape without the batch
// and without the axes of the ellipsis; −1: the input's size. biasAxes are letters of the output.
func planEinsum(equation, biasAxes string, partial, input []int) (p einsumPlan, err error) {
	if len(input) == 0 {
		return p, fmt.Errorf("it needs an input [batch, …], got a scalar")
	}
	x, w, y, left, right, err := splitEinsum(equation)
	if err != nil {
		return p, err
	}
	elided := len(input) - len(x)
	if elided < 0 || elided > 0 && !left && !right || elided == 0 && left {
		return p, fmt.Errorf("the equation %q doesn't fit an input of shape %v", equation, input)
	}
	p.output = append([]int{input[0]}, partial...)
	fresh := unusedLetters(equation)
	if elided > len(fresh) {
		return p, fmt.Errorf("an input of shape %v has too many axes", input)
	}
	hidden := fresh[:elided]
	fullX, fullY := x, y
	if left {
		p.output = slices.Insert(p.output, 1, input[1:elided]...)
		fullX, fullY = hidden+x, hidden+y
	} else if right {
		p.output = append(p.output, input[len(input)-elided:]...)
		fullX, fullY = x+hidden, y+hidden
	}
	if len(fullY) != len(p.output) {
		return p, fmt.Errorf("the equation %q has %d axes of the output where the output's shape %v makes %d", equation, len(fullY), partial, len(p.output))
	}
	sizes := map[rune]int{}
	for i, letter := range fullX {
		sizes[letter] = input[i]
	}
	for i, letter := range fullY {
		size, known := sizes[letter]
		switch {
		case !known && !strings.ContainsRune(w, letter):
			return p, fmt.Errorf("the output's axis %q of the equation %q is neither in the input nor in the kernel", letter, equation)
		case p.output[i] < 0 && !known:
			return p, fmt.Errorf("the size of the output's axis %q is open and not in the input", letter)
		case p.output[i] < 0:
			p.output[i] = size
		case known && size != p.output[i]:
			return p, fmt.Errorf("axis %q has size %d in the input and %d in the output", letter, size, p.output[i])
		}
		sizes[letter] = p.output[i]
	}
	p.in, p.out = 1, 1
	for _, letter := range w {
		size, known := sizes[letter]
		if !known {
			return p, fmt.Errorf("the kernel's axis %q of the equation %q is neither in the input nor in the output", letter, equation)
		}
		p.kernel = append(p.kernel, size)
		if strings.ContainsRune(y, letter) {
			p.out *= size
		} else {
			p.in *= size
		}
	}
	if biasAxes != "" {
		if p.bias, err = einsumBias(biasAxes, y, sizes); err != nil {
			return p, err
		}
		if right {
			p.bias = append(p.bias, slices.Repeat([]int{1}, elided)...)
		}
	}
	p.equation = fullX + "," + w + "->" + fullY
	return p, nil
}

// einsumBias is the bias's shape: sizes along its axes and 1 along the others, from its first axis on.
func einsumBias(axes, output string, sizes map[rune]int) ([]int, error) {
	first := len(output)
	for _, letter := range axes {
		at := strings.IndexRune(output, letter)
		if at < 0 {
			return nil, fmt.Errorf("the bias's axis %q is not in the output %q", letter, output)
		}
		first = min(first, at)
	}
	var bias []int
	for _, letter := range output[first:] {
		if strings.ContainsRune(axes, letter) {
			bias = append(bias, sizes[letter])
		} else {
			bias = append(bias, 1)
		}
	}
	return bias, nil
}

// splitEinsum takes an equation apart; left and right tell where its ellipsis stands.
func splitEinsum(equation string) (x, w, y string, left, right bool, err error) {
	wrong := fmt.Errorf("the equation %q has another form than ab,bc->ac, ...b,bc->...c and ab...,bc->ac... have", equation)
	inputs, y, ok := strings.Cut(equation, "->")
	x, w, ok2 := strings.Cut(inputs, ",")
	if !ok || !ok2 {
		return x, w, y, false, false, wrong
	}
	const dots = "..."
	left = strings.HasPrefix(x, dots) && strings.HasPrefix(y, dots)
	right = !left && strings.HasSuffix(x, dots) && strings.HasSuffix(y, dots)
	if left {
		x, y = x[len(dots):], y[len(dots):]
	} else if right {
		x, y = strings.TrimSuffix(x, dots), strings.TrimSuffix(y, dots)
	}
	for _, part := range []string{x, w, y} {
		seen := map[rune]bool{}
		for _, letter := range part {
			if letter > unicode.MaxASCII || !unicode.IsLetter(letter) || seen[letter] {
				return x, w, y, left, right, wrong
			}
			seen[letter] = true
		}
		if part == "" {
			return x, w, y, left, right, wrong
		}
	}
	return x, w, y, left, right, nil
}

func unusedLetters(equation string) string {
	var b strings.Builder
	for letter := 'a'; letter <= 'z'; letter++ {
		for _, l := range []rune{letter, unicode.ToUpper(letter)} {
			if !strings.ContainsRune(equation, l) {
				b.WriteRune(l)
			}
		}
	}
	return b.String()
}

// einsumFans draws a kernel with any number of axes by the fans that the equation says, as Keras does for the initializers
// that are scaled by them.
type einsumFans struct {
	Initializer
	in, out int
}

// byEinsumFans leaves initializers that don't look at fans as they are.
func byEinsumFans(init Initializer, p einsumPlan) Initializer {
	switch init.(type) {
	case GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal, VarianceScaling:
		return einsumFans{init, p.in, p.out}
	}
	return init
}

// Values draws as for a matrix of the same fans: each value by itself, so that the shape doesn't matter.
func (e einsumFans) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	if e.in*e.out != size(dims) {
		return e.Initializer.Values(rng, dims...)
	}
	return e.Initializer.Values(rng, e.in, e.out)
}

// TorchInit draws by the fans that the equation says.
func (e einsumFans) TorchInit(expression string, shape []int, p TorchParameter) ([]string, error) {
	init, ok := e.Initializer.(TorchInitializer)
	if !ok {
		return nil, noTorchInit(e.Initializer)
	}
	p.Apart = true
	return init.TorchInit(expression, []int{e.in, e.out}, p)
}
