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
func (o *object) serialized(key string, k kind) (s serialized, ok bool) {
	return asSerialized(o.at(key), o.get(key), k, o.report)
}

func asSerialized(path string, v any, k kind, r *report) (s serialized, ok bool) {
	switch v := v.(type) {
	case nil:
		return s, false
	case string:
		return serialized{class: v}, true
	case map[string]any:
		return serializedObject(newObject(path, v, r), k)
	default:
		r.add(path, "%s is neither a name nor an object", show(v))
		return s, false
	}
}

func serializedObject(o *object, k kind) (s serialized, ok bool) {
	s.class = o.text("class_name")
	if o.keras2 && k == optimizersKind {
		s.class = strings.TrimPrefix(s.class, ownInKeras2)
	}
	if s.class == "" {
		o.problem("class_name", "is missing")
		return s, false
	}
	if !o.ownClass(s.class, k) {
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
		if _, there := o.fields["config"]; !there && !o.keras2 {
			o.problem("config", "is missing")
			return s, false
		}
		s.config = newObject(o.at("config"), map[string]any{}, o.report)
	default:
		if s.config = o.child("config"); s.config == nil {
			return s, false
		}
	}
	s.config.of = constructorOf(k, s.class)
	if s.class == "function" || strings.HasPrefix(s.class, "__") {
		o.add(o.path, "a function of one's own (%s) is not supported: nothing in a model file is executed", s.class)
		return s, false
	}
	return s, true
}

// ownInKeras2 is what Keras 2 registered its own optimizers under, from 2.11 on.
const ownInKeras2 = "Custom>"

// ownClass reports classes that aren't Keras' own and marks what surrounds a class as read.
//
// Keras writes the module of each of its classes, and registers none of them under another name. A null stands for
// a class that no module has: one of the user's. Only Keras 2 wrote no modules.
func (o *object) ownClass(class string, k kind) bool {
	o.ignore("shared_object_id", "build_config")
	module, registered := o.text("module"), o.text("registered_name")
	name := class
	if function, ok := o.fields["config"].(string); ok {
		name = function
	}
	if o.keras2 && k == optimizersKind {
		registered = strings.TrimPrefix(registered, ownInKeras2)
	}
	if package_, _, custom := strings.Cut(registered, ">"); custom {
		o.problem("registered_name", "class %s is registered by %q: custom classes are not supported", class, package_)
		return false
	}
	if registered != "" && registered != class && registered != name {
		o.problem("registered_name", "class %s is registered as %q: custom classes are not supported; where it is Keras' own, write null", class, registered)
		return false
	}
	v, there := o.fields["module"]
	switch {
	case !there && (o.keras2 || o.legacy || k == initializersKind || k == regularizersKind || k == layersKind):
		return true // Keras 3 reads these by their class alone
	case !there:
		o.problem("module", "is missing: without it Keras doesn't know the class %s", class)
	case v == nil:
		o.problem("module", "class %s of no module is not Keras' own: custom classes are not supported", class)
	case o.keras2 && k == optimizersKind && strings.HasPrefix(module, "keras.optimizers."): // legacy, experimental
		return true
	case !k.finds(module, class):
		o.problem("module", "class %s of the module %q is not Keras' own: custom classes are not supported", class, module)
	default:
		return true
	}
	return false
}

// settings returns the settings, which are never nil: empty ones say that all have their defaults.
func (s serialized) settings(path string, k kind, r *report) *object {
	if s.config != nil {
		return s.config
	}
	o := newObject(path, nil, r)
	o.of = constructorOf(k, s.class)
	return o
}
