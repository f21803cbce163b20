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

use local_parcours\local\document\canonical;
use local_parcours\local\document\figures_document;

/**
 * What is kept of people's figures, brought by the connector: one row a person, replaced whole.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class figures {
    /** Rows told at once. */
    private const PAGE = 5000;

    /**
     * Writes what a document brings, in one transaction, and tells what is kept and contested.
     *
     * @param figures_document $document
     * @return array the answer
     */
    public function exchange(figures_document $document): array {
        global $DB;
        $transaction = $DB->start_delegated_transaction();
        foreach ($document->forget as $userid) {
            self::forget($userid);
        }
        $DB->delete_records_select('local_parcours_contest', 'id <= ?', [$document->received]);
        $unknown = $this->write($document->people);
        $held = $this->held($document->after);
        $transaction->allow_commit();
        return [
            'format' => 'parcours-figures-result/1',
            'held' => array_map(fn($row) => [
                'userid' => (int) $row->userid,
                'fingerprint' => $row->fingerprint,
            ], $held),
            'next' => count($held) === self::PAGE ? (int) end($held)->userid : null,
            'unknown' => $unknown,
            'contestations' => contestation::all(),
        ];
    }

    /**
     * The figures of a person.
     *
     * @param int $userid
     * @return array|null null for somebody who has none
     */
    public static function of(int $userid): ?array {
        global $DB;
        $body = $DB->get_field('local_parcours_figures', 'body', ['userid' => $userid]);
        return $body === false ? null : json_decode($body, true, 512, JSON_THROW_ON_ERROR);
    }

    /**
     * Tells whether a person has figures.
     *
     * @param int $userid
     * @return bool
     */
    public static function exist(int $userid): bool {
        global $DB;
        return $DB->record_exists('local_parcours_figures', ['userid' => $userid]);
    }

    /**
     * Forgets a person's figures and what they contest.
     *
     * @param int $userid
     */
    public static function forget(int $userid): void {
        global $DB;
        $DB->delete_records('local_parcours_figures', ['userid' => $userid]);
        $DB->delete_records('local_parcours_contest', ['userid' => $userid]);
    }

    /**
     * Writes the figures of people whose account is there.
     *
     * @param \stdClass[] $people
     * @return int[] ids of those whose account is not
     */
    private function write(array $people): array {
        global $DB;
        $ids = array_column($people, 'userid');
        $accounts = $DB->get_records_list('user', 'id', $ids, '', 'id, deleted');
        $before = $DB->get_records_list('local_parcours_figures', 'userid', $ids, '', 'userid, id');
        $unknown = [];
        foreach ($people as $person) {
            if (($accounts[$person->userid]->deleted ?? 1) || isguestuser($person->userid)) {
                $unknown[] = $person->userid;
                continue;
            }
            $row = (object) [
                'userid' => $person->userid,
                'fingerprint' => $person->fingerprint,
                'body' => canonical::encode($person->figures),
                'timemodified' => time(),
            ];
            if ($known = $before[$person->userid] ?? null) {
                $DB->update_record('local_parcours_figures', (object) ['id' => $known->id, ...(array) $row]);
            } else {
                $DB->insert_record('local_parcours_figures', $row);
            }
        }
        return $unknown;
    }

    /**
     * A page of what is kept, by account.
     *
     * @param int|null $after
     * @return \stdClass[]
     */
    private function held(?int $after): array {
        global $DB;
        if ($after === null) {
            return [];
        }
        $fields = 'userid, fingerprint';
        return array_values($DB->get_records_select(
            'local_parcours_figures',
            'userid > ?',
            [$after],
            'userid',
            $fields,
            0,
            self::PAGE,
        ));
    }
}
