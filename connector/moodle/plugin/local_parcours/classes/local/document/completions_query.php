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
 * Which completions somebody asks for.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class completions_query {
    /** @var string name and version of the format */
    public const FORMAT = 'parcours-completions-query/1';

    /** Completions in one page, unless fewer are asked for, and at most. */
    private const PAGE = 1000;

    /** Courses that one query may name. */
    private const COURSES = 1000;

    /** @var string[]|null codes of the sessions that are asked for; null for all */
    public readonly ?array $codes;

    /** @var int[] ids of other courses that are asked for */
    public readonly array $courses;

    /** @var int first second asked for */
    public readonly int $since;

    /** @var int id after which completions of that second are asked for */
    public readonly int $afterid;

    /** @var int completions in one page */
    public readonly int $limit;

    /** @var bool whether every activity of the courses is asked for, not just those of the page */
    public readonly bool $whole;

    /**
     * Reads a query.
     *
     * @param string $json
     */
    public function __construct(string $json) {
        $root = node::parse($json)->object(['format'], ['codes', 'courses', 'since', 'after', 'limit', 'whole']);
        $root->get('format')->choice([self::FORMAT]);
        $codes = $root->get('codes');
        $this->codes = $codes->is_null() ? null : $codes->items(fn(node $n) => $n->key(80), fn($code) => $code);
        $this->courses = $root->get('courses', [])->items(fn(node $n) => $n->number(1, PHP_INT_MAX), fn($id) => $id);
        if (count($this->courses) > self::COURSES) {
            throw $root->get('courses')->wrong('problemmany', self::COURSES);
        }
        $this->limit = $root->get('limit', self::PAGE)->number(1, self::PAGE);
        $this->whole = $root->get('whole', false)->boolean();
        $since = $root->get('since', 0)->instant();
        [$this->since, $this->afterid] = $root->has('after') ? self::cursor($root->get('after')) : [$since, 0];
    }

    /**
     * Writes where a page ends.
     *
     * @param \stdClass $row the last completion of the page
     * @return string
     */
    public static function after(\stdClass $row): string {
        return "{$row->timemodified}:{$row->id}";
    }

    /**
     * Reads where a page ended.
     *
     * @param node $node
     * @return int[] second and id
     */
    private static function cursor(node $node): array {
        if (!preg_match('/^(\d{1,10}):(\d{1,18})$/D', $node->line(), $found)) {
            throw $node->wrong('problemcursor');
        }
        return [(int) $found[1], (int) $found[2]];
    }
}
