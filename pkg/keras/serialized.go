package keras

import "strings"

// serialized is what Keras writes for an object of a class: its name and its settings. Where the settings
// are left out, as for the string "relu" or "mse", config is nil.
type serialized struct {
	class  string
	config *object
}

// serialized reads a class from a string or from {"class_name": …, "config": …}; ok is false when there is
// none (missing or null) and when it couldn't be read, which is reported.
//
// Classes of other modules than Keras' own are refused: their name says nothing about what they do.
func (o *object) serialized(key string) (s serialized, ok bool) {
	return asSerialized(o.at(key), o.get(key), o.report)
}

func asSerialized(path string, v any, r *report) (s serialized, ok bool) {
	switch v := v.(type) {
	case nil:
		return s, false
	case string:
		return serialized{class: v}, true
	case map[string]any:
		return serializedObject(newObject(path, v, r))
	default:
		r.add(path, "%s is neither a name nor an object", show(v))
		return s, false
	}
}

func serializedObject(o *object) (s serialized, ok bool) {
	s.class = o.text("class_name", "")
	if s.class == "" {
		o.problem("class_name", "is missing")
		return s, false
	}
	if !o.ownClass(s.class) {
		return s, false
	}
	switch config := o.get("config").(type) {
	case string: // a plain function of Keras' own, such as keras.losses.mean_squared_error
		if s.class != "function" {
			o.problem("config", "%q is not an object", config)
			return s, false
		}
		return serialized{class: config}, true
	case nil:
	default:
		if s.config = o.child("config"); s.config == nil {
			return s, false
		}
	}
	if s.class == "function" || strings.HasPrefix(s.class, "__") {
		o.add(o.path, "a function of one's own (%s) is not supported: nothing in a model file is executed", s.class)
		return s, false
	}
	return s, true
}

// ownClass reports classes that aren't Keras' own and marks what surrounds a class as read.
func (o *object) ownClass(class string) bool {
	module := o.text("module", "")
	registered := o.text("registered_name", "")
	o.ignore("shared_object_id", "build_config")
	if module != "" && module != "builtins" && module != "keras" && !strings.HasPrefix(module, "keras.") {
		o.add(o.path, "class %s of the module %q is not Keras' own: custom classes are not supported", class, module)
		return false
	}
	if package_, _, custom := strings.Cut(registered, ">"); custom {
		o.add(o.path, "class %s is registered by %q: custom classes are not supported", class, package_)
		return false
	}
	return true
}

// settings returns the settings, which are never nil: empty ones say that all have their defaults.
func (s serialized) settings(path string, r *report) *object {
	if s.config != nil {
		return s.config
	}
	return newObject(path, nil, r)
}
