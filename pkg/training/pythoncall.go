package training

import (
	"regexp"
	"slices"
	"strings"
)

// pythonCall is a call in a line of Python: of a function, F.relu(x), or of a method, x.relu().
type pythonCall struct {
	start, end int
	function   string   // what is called, "F.relu"; of a method its name alone
	receiver   string   // of a method: what it is called on
	arguments  []string // without the receiver
}

// functionSpaces are what functions of PyTorch's are usually called through.
var functionSpaces = []string{"F", "torch", "nn.functional", "torch.nn.functional", "functional"}

// pythonCalls finds the calls of PyTorch's function of that name in a line. Calls of what lies in self are none of them. ok is
// false where the line ends within one.
func pythonCalls(text, name string) (calls []pythonCall, ok bool) {
	for _, at := range regexp.MustCompile(`\b`+regexp.QuoteMeta(name)+`_?\(`).FindAllStringIndex(text, -1) {
		end, arguments, closed := pythonArguments(text, at[1])
		c := pythonCall{start: at[0], end: end, function: text[at[0] : at[1]-1], arguments: arguments}
		if at[0] > 0 && text[at[0]-1] == '.' {
			c.start = primaryStart(text, at[0]-1)
			if in := text[c.start : at[0]-1]; slices.Contains(functionSpaces, in) {
				c.function = in + "." + c.function
			} else if in == "self" || strings.HasPrefix(in, "self.") && !strings.ContainsAny(in, "()[]") {
				continue
			} else {
				c.receiver = in
			}
		}
		if !closed {
			return nil, false
		}
		calls = append(calls, c)
	}
	return calls, true
}

// pythonArguments are those of a call whose parenthesis ends ahead of from, and where it is closed.
func pythonArguments(text string, from int) (end int, arguments []string, closed bool) {
	depth, start, quote := 0, from, byte(0)
	add := func(to int) {
		if a := strings.TrimSpace(text[start:to]); a != "" {
			arguments = append(arguments, a)
		}
	}
	for i := from; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' && depth == 0:
			add(i)
			return i + 1, arguments, true
		case c == ')' || c == ']' || c == '}':
			depth--
		case c == ',' && depth == 0:
			add(i)
			start = i + 1
		}
	}
	return len(text), nil, false
}

// primaryStart is where the expression begins that ends ahead of end: names, dots, calls and indices.
func primaryStart(text string, end int) int {
	depth, i := 0, end
	for i > 0 {
		c := text[i-1]
		switch {
		case c == ')' || c == ']':
			depth++
		case (c == '(' || c == '[') && depth > 0:
			depth--
		case depth > 0:
		case c == '.' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		default:
			return i
		}
		i--
	}
	return i
}

// value is what the call computes with.
func (c pythonCall) value() string {
	switch {
	case c.receiver != "":
		return c.receiver
	case len(c.arguments) > 0:
		return c.arguments[0]
	}
	return ""
}

// replacedCalls is the text with each call of that function as what instead makes of it, those within others first.
func replacedCalls(text, name string, instead func(pythonCall) string) string {
	calls, _ := pythonCalls(text, name)
	for i := len(calls) - 1; i >= 0; i-- {
		now, _ := pythonCalls(text, name)
		c := now[i]
		new := instead(c)
		whole := c.end == len(text) && (c.start == 0 || strings.HasSuffix(text[:c.start], "= ") || strings.HasSuffix(text[:c.start], "return "))
		if !whole && strings.ContainsAny(outside(new), "+-*/@ ") {
			new = "(" + new + ")"
		}
		text = text[:c.start] + new + text[c.end:]
	}
	return text
}

// outside is what of an expression isn't within parentheses.
func outside(expression string) string {
	var b strings.Builder
	depth := 0
	for _, r := range expression {
		switch r {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		default:
			if depth == 0 {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

var moduleCall = regexp.MustCompile(`^nn\.(\w+)\((.*)\)$`)

// torchFunctions are the functions that do what modules do, by the modules' classes; those of torch itself, and those of
// torch.nn.functional alone.
var torchFunctions = map[string]string{
	"ReLU": "torch.relu", "Sigmoid": "torch.sigmoid", "Tanh": "torch.tanh", "Softmax": "torch.softmax", "LogSoftmax": "torch.log_softmax",
	"LeakyReLU": "leaky_relu", "ELU": "elu", "GELU": "gelu", "SiLU": "silu", "Softplus": "softplus", "ReLU6": "relu6",
}

// asFunction is the call of a function, or of a module made on the spot, on a value, in the style of the call in its place.
func asFunction(module, value string, like pythonCall) string {
	m := moduleCall.FindStringSubmatch(module)
	if m == nil || torchFunctions[m[1]] == "" {
		return module + "(" + value + ")"
	}
	function, ofTorch := strings.CutPrefix(torchFunctions[m[1]], "torch.")
	arguments := strings.Trim(value+", "+m[2], ", ")
	space := like.function[:max(0, strings.LastIndex(like.function, "."))]
	switch {
	case space == "" || space == "torch" && !ofTorch:
		space = map[bool]string{true: "torch", false: "torch.nn.functional"}[ofTorch]
	}
	return space + "." + function + "(" + arguments + ")"
}
