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
 * What somebody knows of the sessions already, so that only what is new is told, some sessions at a time.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class changes {
    /** Sessions in one answer, unless fewer are asked for, and at most. */
    private const PAGE = 100;

    /** @var string[] mark of what is known of each session, by code */
    public readonly array $known;

    /** @var string code after which sessions are asked for */
    public readonly string $after;

    /** @var int sessions in one answer */
    public readonly int $limit;

    /**
     * Reads what is known.
     *
     * @param node $node
     */
    public function __construct(node $node) {
        $node->object([], ['known', 'after', 'limit']);
        $known = $node->get('known', [])->items(
            fn(node $n) => [$n->object(['code', 'mark'])->get('code')->key(80), $n->get('mark')->key(64)],
            fn(array $pair) => $pair[0],
        );
        $this->known = array_column($known, 1, 0);
        $this->after = $node->has('after') ? $node->get('after')->key(80) : '';
        $this->limit = $node->get('limit', self::PAGE)->number(1, self::PAGE);
    }

    /**
     * Mark of what is told of a session: another one as soon as anything of it differs.
     *
     * @param array $session
     * @return string
     */
    public static function mark(array $session): string {
        return hash('sha256', canonical::json($session));
    }
}
