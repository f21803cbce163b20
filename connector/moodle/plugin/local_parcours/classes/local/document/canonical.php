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

/**
 * Comparison of documents: key order does not matter, list order and types do.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class canonical {
    /**
     * Writes a value as JSON with sorted keys: equal values give equal text.
     *
     * @param mixed $value
     * @return string
     */
    public static function json(mixed $value): string {
        return self::encode(self::sorted($value));
    }

    /**
     * Writes a value as JSON.
     *
     * @param mixed $value
     * @return string
     */
    public static function encode(mixed $value): string {
        $legible = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION;
        return json_encode($value, $legible | JSON_THROW_ON_ERROR);
    }

    /**
     * Tells whether two values say the same.
     *
     * @param mixed $one
     * @param mixed $other
     * @return bool
     */
    public static function same(mixed $one, mixed $other): bool {
        return self::json($one) === self::json($other);
    }

    /**
     * Sorts the keys of every object in a value.
     *
     * @param mixed $value
     * @return mixed
     */
    private static function sorted(mixed $value): mixed {
        if ($value instanceof \stdClass) {
            $keys = get_object_vars($value);
            ksort($keys, SORT_STRING);
            return (object) array_map(self::sorted(...), $keys);
        }
        if (is_array($value)) {
            if (!array_is_list($value)) {
                ksort($value, SORT_STRING);
            }
            return array_map(self::sorted(...), $value);
        }
        return $value;
    }
}
