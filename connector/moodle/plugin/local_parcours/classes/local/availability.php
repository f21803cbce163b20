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

namespace local_parcours\local;

/**
 * Restrictions of access: the document's words and Moodle's JSON.
 *
 * Completions and dates that are not met are shown greyed out; an activity of another group is not shown at all.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class availability {
    /** Moodle's state of a completed activity. */
    private const COMPLETE = 1;

    /**
     * Makes a translator for a course.
     *
     * @param int[] $cmids course module ids, by idnumber
     * @param int[] $groupids group ids, by name
     */
    public function __construct(
        /** @var int[] course module ids, by idnumber */
        private readonly array $cmids,
        /** @var int[] group ids, by name */
        private readonly array $groupids,
    ) {
    }

    /**
     * Writes restrictions as Moodle stores them.
     *
     * @param array $wanted completed, groups, from, until
     * @param string $path JSON path of the restrictions
     * @return string|null
     */
    public function to_moodle(array $wanted, string $path): ?string {
        $conditions = [];
        foreach ($wanted['completed'] as $index => $idnumber) {
            $cmid = $this->cmids[$idnumber]
                ?? throw new refusal('unknownprerequisite', "{$path}.completed[{$index}]", $idnumber);
            $conditions[] = ['type' => 'completion', 'cm' => $cmid, 'e' => self::COMPLETE];
        }
        $groups = [];
        foreach ($wanted['groups'] as $index => $name) {
            $groupid = $this->groupids[$name] ?? throw new refusal('unknowngroup', "{$path}.groups[{$index}]", $name);
            $groups[] = ['type' => 'group', 'id' => $groupid];
        }
        if ($wanted['from']) {
            $conditions[] = ['type' => 'date', 'd' => '>=', 't' => $wanted['from']];
        }
        if ($wanted['until']) {
            $conditions[] = ['type' => 'date', 'd' => '<', 't' => $wanted['until']];
        }
        $show = array_fill(0, count($conditions), true);
        if ($groups) {
            $conditions[] = count($groups) === 1 ? $groups[0] : ['op' => '|', 'c' => $groups];
            $show[] = false;
        }
        return $conditions ? json_encode(['op' => '&', 'c' => $conditions, 'showc' => $show]) : null;
    }

    /**
     * Reads restrictions back. What the document has no word for is given whole, as `other`.
     *
     * @param string|null $stored
     * @return array
     */
    public function from_moodle(?string $stored): array {
        $none = ['completed' => [], 'groups' => [], 'from' => 0, 'until' => 0];
        if ($stored === null || $stored === '') {
            return $none;
        }
        $found = $none;
        foreach (json_decode($stored, true)['c'] ?? [] as $condition) {
            $found = $this->add($found, $condition);
        }
        try {
            $again = $this->to_moodle($found, '$');
        } catch (refusal) {
            $again = null;
        }
        $same = $again !== null && document\canonical::same(json_decode($again, true), json_decode($stored, true));
        return $same ? $found : $none + ['other' => $stored];
    }

    /**
     * Adds a condition to the restrictions that were read.
     *
     * @param array $found
     * @param array $condition
     * @return array
     */
    private function add(array $found, array $condition): array {
        switch ($condition['type'] ?? 'tree') {
            case 'completion':
                $found['completed'][] = (string) array_search($condition['cm'] ?? 0, $this->cmids);
                break;
            case 'group':
                $found['groups'][] = (string) array_search($condition['id'] ?? 0, $this->groupids);
                break;
            case 'date':
                $found[($condition['d'] ?? '') === '<' ? 'until' : 'from'] = (int) ($condition['t'] ?? 0);
                break;
            case 'tree':
                foreach ($condition['c'] ?? [] as $child) {
                    $found = $this->add($found, $child);
                }
        }
        return $found;
    }
}
