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
 * What a publication has done, in the words of its result.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class report {
    /** @var string[][] names of things, by what happened to them */
    private array $outcomes = ['created' => [], 'updated' => [], 'unchanged' => []];

    /** @var array[] what was left as it was because of what learners have done */
    private array $kept = [];

    /** @var string[][] e-mails, by what happened to people */
    private array $people = ['enrolled' => [], 'unknown_people' => [], 'ambiguous_people' => []];

    /**
     * Says what happened to something.
     *
     * @param string $name
     * @param string $outcome created, updated or unchanged
     */
    public function add(string $name, string $outcome): void {
        $this->outcomes[$outcome][] = $name;
    }

    /**
     * Says that something was left as it was.
     *
     * @param string $idnumber
     * @param string $what
     * @param string $why
     */
    public function keep(string $idnumber, string $what, string $why): void {
        $this->kept[] = ['idnumber' => $idnumber, 'what' => $what, 'why' => $why];
    }

    /**
     * Says what happened to a person.
     *
     * @param string $email
     * @param string $list enrolled, unknown_people or ambiguous_people
     */
    public function person(string $email, string $list): void {
        if (!in_array($email, $this->people[$list], true)) {
            $this->people[$list][] = $email;
        }
    }

    /**
     * The result's lists.
     *
     * @return array
     */
    public function lists(): array {
        return $this->outcomes + ['kept' => $this->kept] + $this->people;
    }
}
