package keras

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"example.com/unstuck/internal/codec"
	"example.com/unstuck/pkg/text"
)

// MaxVocabulary bounds the bytes of a vocabulary in a .keras file.
const MaxVocabulary = 32 << 20

// isLookup reports whether a class of Keras takes strings, or looks whole numbers up.
func isLookup(class string) bool { return lookupReaders[class] != nil }

// lookupReaders read the settings of layers, whose weights and vocabulary lie in the group of that name.
var lookupReaders = map[string]func(c *object, group string) text.Layer{
	"StringLookup":      (*object).stringLookup,
	"IntegerLookup":     (*object).integerLookup,
	"TextVectorization": (*object).textVectorization,
	"Hashing":           (*object).hashing,
	"HashedCrossing":    (*object).hashedCrossing,
}

// lookup reads one entry of a model's layers; nil when it couldn't, which is reported.
func (o *object) lookup() text.Layer {
	class := o.text("class_name")
	group := o.inFolder(class, o.numberOf(class))
	if !o.ownClass(class, layersKind) {
		return nil
	}
	c := o.child("config")
	if c == nil {
		o.add(o.path, "has no config")
		return nil
	}
	c.of = constructorOf(layersKind, class)
	before := len(o.problems)
	c.commonOf("int64", "int32", "string")
	layer := lookupReaders[class](c, group)
	c.ignore("sparse", "vocabulary_size", "has_input_vocabulary") // held in another way; what the vocabulary says itself
	c.done()
	if len(o.problems) > before {
		return nil
	}
	return layer
}

// numberOf counts the layers of a class in the model that is being read, this one being the next.
func (r *report) numberOf(class string) int {
	if r.numbers == nil {
		r.numbers = map[string]int{}
	}
	n := r.numbers[r.folder+class]
	r.numbers[r.folder+class]++
	return n
}

// inFolder is where the file has the weights and assets of a layer, the nth of its class.
func (r *report) inFolder(class string, n int) string {
	group := r.folder + "layers/" + codec.ClassName(class)
	if n > 0 {
		group = fmt.Sprintf("%s_%d", group, n)
	}
	return group
}

func (o *object) stringLookup(group string) text.Layer {
	l := text.StringLookup{Name: o.text("name"), OOVIndices: o.oovIndices(), OOVToken: o.text("oov_token"), OutputMode: o.outputMode(), Salt: o.salt()}
	l.MaskToken, l.HasMask = o.token("mask_token")
	l.MaxTokens, l.PadToMaxTokens = o.maxTokens()
	o.utf8()
	o.ignore("oov_method") // of numbers alone
	o.only("vocabulary_dtype", "string")
	if o.flag("invert") {
		o.problem("invert", "makes strings of numbers: a model can't put them out here. Take the layer off the model, and look its numbers up behind it")
		o.ignore("vocabulary", "idf_weights")
		return nil
	}
	l.Vocabulary = o.vocabulary(group)
	l.IDFWeights = o.idfWeights(l.OutputMode, group)
	return l
}

func (o *object) integerLookup(group string) text.Layer {
	l := text.IntegerLookup{Name: o.text("name"), OOVIndices: o.oovIndices(), OutputMode: o.outputMode(), Salt: o.salt(), Invert: o.flag("invert"), OOVMethod: o.text("oov_method")}
	l.OOVToken, _ = o.number64("oov_token")
	l.MaskToken, l.HasMask = o.number64("mask_token")
	l.MaxTokens, l.PadToMaxTokens = o.maxTokens()
	o.only("vocabulary_dtype", "int64")
	if l.OOVMethod != "" && l.OOVMethod != "floormod" && l.OOVMethod != "farmhash" {
		o.problem("oov_method", "%s is not one of floormod and farmhash", show(l.OOVMethod))
	}
	for _, entry := range o.vocabulary(group) {
		n, err := strconv.ParseInt(entry, 10, 64)
		if err != nil {
			o.problem("vocabulary", "%s is not a whole number of 64 bits", show(entry))
			return nil
		}
		l.Vocabulary = append(l.Vocabulary, n)
	}
	l.IDFWeights = o.idfWeights(l.OutputMode, group)
	return l
}

func (o *object) textVectorization(group string) text.Layer {
	v := text.TextVectorization{Name: o.text("name"), OutputMode: o.outputMode()}
	v.Standardize = o.ownFunction("standardize", "write \"lower_and_strip_punctuation\", or standardize the texts before and write null")
	v.Split = o.ownFunction("split", "write \"whitespace\" or \"character\", or split the texts before and write null")
	if o.has("output_sequence_length") {
		v.OutputSequenceLength = o.whole("output_sequence_length", 1, maxSize)
	} else {
		o.ignore("output_sequence_length")
	}
	v.MaxTokens, v.PadToMaxTokens = o.maxTokens()
	switch n := o.get("ngrams").(type) {
	case nil:
	case []any:
		v.NGrams = source{o}.Wholes("ngrams", false)
	default:
		most, whole := wholeOf(n)
		if !whole || most < 1 || most > 64 {
			o.problem("ngrams", "%s is not a whole number from 1 to 64 or a list of such", show(n))
		} else {
			for i := range most {
				v.NGrams = append(v.NGrams, i+1)
			}
		}
	}
	o.only("ragged", false)
	o.utf8()
	v.Vocabulary = o.vocabulary(group)
	v.IDFWeights = o.idfWeights(v.OutputMode, group)
	return v
}

func (o *object) hashing(string) text.Layer {
	h := text.Hashing{Name: o.text("name"), NumBins: o.whole("num_bins", 1, maxSize), OutputMode: o.outputMode(), Salt: o.salt()}
	switch v := o.get("mask_value").(type) {
	case nil:
	case json.Number:
		h.MaskValue, h.HasMask, h.MaskNumber = string(v), true, true
	case string:
		h.MaskValue, h.HasMask = v, true
	default:
		o.problem("mask_value", "%s is neither a string nor a number", show(v))
	}
	return h
}

func (o *object) hashedCrossing(string) text.Layer {
	return text.HashedCrossing{Name: o.text("name"), NumBins: o.whole("num_bins", 1, maxSize), OutputMode: o.outputMode()}
}

// outputMode reads what a layer puts out, under the names of old, too.
func (o *object) outputMode() string {
	switch mode := o.text("output_mode"); mode {
	case "binary":
		return "multi_hot"
	case "tf-idf":
		return "tf_idf"
	default:
		return mode
	}
}

// oovIndices reads how many numbers unknown entries have, −1 for none.
func (o *object) oovIndices() int {
	n := o.whole("num_oov_indices", 0, maxSize)
	if n == 0 {
		return -1
	}
	return n
}

func (o *object) maxTokens() (most int, pad bool) {
	if o.get("max_tokens") != nil {
		most = o.whole("max_tokens", 2, maxSize)
	}
	return most, o.flag("pad_to_max_tokens")
}

// token is a string, or none.
func (o *object) token(key string) (string, bool) { return o.text(key), o.get(key) != nil }

// number64 is a whole number of 64 bits, or none.
func (o *object) number64(key string) (int64, bool) {
	v := o.get(key)
	if v == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(fmt.Sprint(v), 10, 64)
	if err != nil {
		o.problem(key, "%s is not a whole number of 64 bits", show(v))
	}
	return n, err == nil
}

// salt reads one number or two of them, the key of a hash.
func (o *object) salt() []uint64 {
	var list []any
	switch v := o.get("salt").(type) {
	case nil:
		return nil
	case []any:
		list = v
	default:
		list = []any{v, v}
	}
	var key []uint64
	for _, v := range list {
		if n, err := strconv.ParseInt(fmt.Sprint(v), 10, 64); err == nil {
			key = append(key, uint64(n))
		}
	}
	if len(key) != 2 || len(list) != 2 {
		o.problem("salt", "%s is neither a whole number nor two of them", show(o.get("salt")))
		return nil
	}
	return key
}

// utf8 refuses other encodings.
func (o *object) utf8() {
	if e := strings.ToLower(o.text("encoding")); e != "" && e != "utf-8" && e != "utf8" {
		o.problem("encoding", "%s is not supported (only utf-8)", show(e))
	}
}

// ownFunction is one of Keras' strings, "none" for null, or refused with what to do.
func (o *object) ownFunction(key, instead string) string {
	o.asked[key] = true
	v, there := o.fields[key]
	switch v := v.(type) {
	case nil:
		if there {
			return "none"
		}
		return ""
	case string:
		return v
	}
	o.problem(key, "a function of one's own is not supported: %s", instead)
	return ""
}
