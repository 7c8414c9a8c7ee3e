package nn

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode"
)

// kerasValue writes a layer's setting as Python.
func kerasValue(v reflect.Value) (string, error) {
	switch x := v.Interface().(type) {
	case Activation:
		return kerasActivation(x)
	case Initializer:
		return kerasInitializer(x)
	case Regularizer:
		if _, ok := x.(L1L2); !ok {
			return "", fmt.Errorf("%T: there is no such regularizer", x)
		}
		return kerasObject("regularizers", x), nil
	case bool:
		return "True", nil
	case int:
		return strconv.Itoa(x), nil
	case float64:
		return pythonFloat(x), nil
	case []int:
		sizes := make([]string, len(x))
		for i, d := range x {
			sizes[i] = strconv.Itoa(d)
		}
		return "[" + strings.Join(sizes, ", ") + "]", nil
	}
	return "", fmt.Errorf("%s: there is no such setting", v.Type())
}

// kerasActivation writes an activation as Keras' string where there is one.
func kerasActivation(a Activation) (string, error) {
	if name := ActivationName(a); name != "" {
		return pythonString(name), nil
	}
	switch a := a.(type) {
	case GELU:
		return "lambda x: keras.activations.gelu(x, approximate=True)", nil
	case ReLU, LeakyReLU, ELU:
		return kerasLayer(a, kerasContext{})
	}
	return "", fmt.Errorf("%T: there is no such activation", a)
}

// kerasInitializer writes an initializer as Keras' string where there is one.
func kerasInitializer(init Initializer) (string, error) {
	if name := InitializerName(init); name != "" {
		return pythonString(name), nil
	}
	switch init := init.(type) {
	case RandomUniform:
		// Both always: where one is zero, Keras' default for it isn't.
		return fmt.Sprintf("keras.initializers.RandomUniform(minval=%s, maxval=%s)", pythonFloat(init.Min), pythonFloat(init.Max)), nil
	case VarianceScaling:
		return fmt.Sprintf("keras.initializers.VarianceScaling(scale=%s, mode=%s, distribution=%s)", pythonFloat(init.Scale), pythonString(init.Mode), pythonString(init.Distribution)), nil
	case Constant, RandomNormal, TruncatedNormal, Orthogonal, Identity:
		return kerasObject("initializers", init), nil
	}
	return "", fmt.Errorf("%T: there is no such initializer", init)
}

// kerasObject writes a struct of numbers, zero ones left out, whose names are Keras' in lower case.
func kerasObject(module string, object any) string {
	v := reflect.ValueOf(object)
	var arguments []string
	for i := range v.NumField() {
		if !v.Field(i).IsZero() {
			arguments = append(arguments, strings.ToLower(v.Type().Field(i).Name)+"="+pythonFloat(v.Field(i).Float()))
		}
	}
	return "keras." + module + "." + v.Type().Name() + "(" + strings.Join(arguments, ", ") + ")"
}

// pythonFloat writes a number as Python does, with a point so that it stays a float.
func pythonFloat(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Sprintf("float(%q)", strings.TrimPrefix(strings.ToLower(fmt.Sprint(x)), "+"))
	}
	text := strconv.FormatFloat(x, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

// pythonString quotes a string; Go's escapes are Python's too.
func pythonString(s string) string {
	quoted := strconv.QuoteToASCII(s)
	inner := strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
	return "'" + strings.ReplaceAll(inner, "'", `\'`) + "'"
}

// snakeCase writes KernelInitializer as kernel_initializer.
func snakeCase(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
