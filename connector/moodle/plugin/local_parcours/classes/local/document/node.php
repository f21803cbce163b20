<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours\local\document;

use local_parcours\local\invalid_document;

/**
 * A value of a JSON document that knows its path, so that every error says where it is.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class node {
    /** Nesting that no document of ours comes near. */
    private const DEPTH = 64;

    /** Latest instant accepted: 1 January 2100. */
    private const LAST_INSTANT = 4102444800;

    /**
     * Wraps a decoded value.
     *
     * @param mixed $value decoded value; objects are stdClass
     * @param string $path JSON path
     */
    private function __construct(
        /** @var mixed decoded value */
        private readonly mixed $value,
        /** @var string JSON path */
        public readonly string $path,
    ) {
    }

    /**
     * Decodes a document.
     *
     * @param string $json
     * @return self
     */
    public static function parse(string $json): self {
        try {
            return new self(json_decode($json, false, self::DEPTH, JSON_THROW_ON_ERROR), '$');
        } catch (\JsonException $e) {
            throw new invalid_document('$', 'problemjson', $e->getMessage());
        }
    }

    /**
     * Makes the error that says that this value is wrong.
     *
     * @param string $problem string key
     * @param mixed $detail what the sentence needs
     * @return invalid_document
     */
    public function wrong(string $problem, mixed $detail = null): invalid_document {
        return new invalid_document($this->path, $problem, $detail);
    }

    /**
     * Requires an object that holds all the first keys, maybe the second ones, and nothing else.
     *
     * @param string[] $required
     * @param string[] $optional
     * @return self this node
     */
    public function object(array $required, array $optional = []): self {
        if (!$this->value instanceof \stdClass) {
            throw $this->wrong('problemtype', '{}');
        }
        $keys = array_map('strval', array_keys(get_object_vars($this->value)));
        foreach (array_diff($required, $keys) as $missing) {
            throw $this->wrong('problemmissing', $missing);
        }
        foreach (array_diff($keys, $required, $optional) as $unknown) {
            throw $this->wrong('problemunknownkey', $unknown);
        }
        return $this;
    }

    /**
     * Tells whether this object holds a key.
     *
     * @param string $key
     * @return bool
     */
    public function has(string $key): bool {
        return $this->value instanceof \stdClass && property_exists($this->value, $key);
    }

    /**
     * The value at a key of this object, or a stand-in for it.
     *
     * @param string $key
     * @param mixed $default what an absent key means
     * @return self
     */
    public function get(string $key, mixed $default = null): self {
        return new self($this->has($key) ? $this->value->$key : $default, "{$this->path}.{$key}");
    }

    /**
     * The values of a list, which are all different when a way to name them is given.
     *
     * @param callable $read makes something of a node
     * @param callable|null $name makes the name that must be unique of what was read
     * @return array
     */
    public function items(callable $read, ?callable $name = null): array {
        if (!is_array($this->value)) {
            throw $this->wrong('problemtype', '[]');
        }
        $items = [];
        $seen = [];
        foreach ($this->value as $index => $value) {
            $node = new self($value, "{$this->path}[{$index}]");
            $items[] = $item = $read($node);
            $key = $name ? $name($item) : $index;
            if (isset($seen["k$key"])) {
                throw $node->wrong('problemduplicate', $key);
            }
            $seen["k$key"] = true;
        }
        return $items;
    }

    /**
     * Some text on one line, trimmed.
     *
     * @param int $max characters
     * @return string not empty
     */
    public function line(int $max = 255): string {
        $text = trim($this->text());
        if ($text === '') {
            throw $this->wrong('problemempty');
        }
        if (\core_text::strlen($text) > $max) {
            throw $this->wrong('problemlong', $max);
        }
        if (preg_match('/[\x00-\x1f\x7f]/', $text)) {
            throw $this->wrong('problemcontrol');
        }
        return $text;
    }

    /**
     * An identifier: a line without white space.
     *
     * @param int $max characters
     * @param string $prefix what it must begin with
     * @return string
     */
    public function key(int $max = 100, string $prefix = ''): string {
        $key = $this->line($max);
        if (preg_match('/\s/u', $key)) {
            throw $this->wrong('problemcontrol');
        }
        if (!str_starts_with($key, $prefix) || $key === $prefix) {
            throw $this->wrong('problemprefix', $prefix);
        }
        return $key;
    }

    /**
     * Text of any length, kept as it is.
     *
     * @return string
     */
    public function text(): string {
        if (!is_string($this->value)) {
            throw $this->wrong('problemtype', '"…"');
        }
        if (preg_match('/[\x00-\x08\x0b\x0c\x0e-\x1f]/', $this->value)) {
            throw $this->wrong('problemcontrol');
        }
        return $this->value;
    }

    /**
     * The name of a file, as Moodle keeps it.
     *
     * @return string
     */
    public function file_name(): string {
        $name = $this->line();
        if ($name !== clean_param($name, PARAM_FILE)) {
            throw $this->wrong('problemfilename');
        }
        return $name;
    }

    /**
     * A SHA-1, in hexadecimal.
     *
     * @return string
     */
    public function sha1(): string {
        $text = $this->text();
        if (!preg_match('/^[0-9a-f]{40}$/D', $text)) {
            throw $this->wrong('problemtype', 'SHA-1');
        }
        return $text;
    }

    /**
     * A web address.
     *
     * @return string
     */
    public function url(): string {
        $url = $this->line(2000);
        if (!preg_match('~^https?://[^/\s]+~i', $url)) {
            throw $this->wrong('problemurl');
        }
        return $url;
    }

    /**
     * True or false.
     *
     * @return bool
     */
    public function boolean(): bool {
        if (!is_bool($this->value)) {
            throw $this->wrong('problemtype', 'true, false');
        }
        return $this->value;
    }

    /**
     * A whole number.
     *
     * @param int $min
     * @param int $max
     * @return int
     */
    public function number(int $min, int $max): int {
        if (!is_int($this->value)) {
            throw $this->wrong('problemtype', '0, 1, 2…');
        }
        if ($this->value < $min || $this->value > $max) {
            throw $this->wrong('problemrange', (object) ['min' => $min, 'max' => $max]);
        }
        return $this->value;
    }

    /**
     * Seconds since 1970 UTC; 0 means none.
     *
     * @return int
     */
    public function instant(): int {
        return $this->number(0, self::LAST_INSTANT);
    }

    /**
     * One of the given values.
     *
     * @param string[] $values
     * @return string
     */
    public function choice(array $values): string {
        if (!in_array($this->value, $values, true)) {
            throw $this->wrong('problemvalue', implode(', ', $values));
        }
        return $this->value;
    }

    /**
     * Tells whether the value is null.
     *
     * @return bool
     */
    public function is_null(): bool {
        return $this->value === null;
    }

    /**
     * The decoded value as it is.
     *
     * @return mixed
     */
    public function raw(): mixed {
        return $this->value;
    }
}
